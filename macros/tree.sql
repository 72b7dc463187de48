{% macro identity_detail(language) -%}
    {#- What is wrong with a broken identity: both sides' numbers in the period with the largest gap. -#}
    {%- if language == 'en' -%}
    kpis.label_en || ' is not ' || broken.formula || ' in ' || broken.periods || ' periods from '
    || broken.period_start || ' to ' || broken.period_end || '. The largest gap is in the '
    || broken.worst_grain || ' from ' || broken.worst_start || ': ' || broken.worst_value || ' against ' || broken.worst_formula_value
    || ' by the formula.'
    {%- else -%}
    kpis.label_ja || ' が計算式 ' || broken.formula || ' と一致しません('
    || broken.period_start || '〜' || broken.period_end || '、' || broken.periods || '期間)。最大の差は '
    || broken.worst_start || ' からの' || {{ grain_in_japanese('broken.worst_grain') }} || 'で、値は ' || broken.worst_value || '、計算式では '
    || broken.worst_formula_value || ' です。'
    {%- endif -%}
{%- endmacro %}

{% macro identity_remedy(language) -%}
    {#- What a person does about a broken identity. -#}
    {%- if language == 'en' -%}
    'Correct config.meta.formula of ' || broken.metric || ', or the definition of a metric in it, and run again.'
    {%- else -%}
    broken.metric || ' の config.meta.formula か、計算式に含まれる指標の定義を直して再実行してください。'
    {%- endif -%}
{%- endmacro %}

{% macro grain_in_japanese(grain) -%}
    {#- The word for a period of a grain. -#}
    case {{ grain }}
        when 'day' then '1日'
        when 'week' then '1週'
        when 'month' then '1か月'
        when 'fiscal quarter' then '四半期'
        else '年度'
    end
{%- endmacro %}
