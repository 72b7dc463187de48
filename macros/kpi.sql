{% macro kpi_value_status(kpi_values) -%}
    {#- insufficient: nothing to divide by or too few cases for a rate. provisional: the period, or
        the horizon of the entities in it, is not over as of the as-of date. Otherwise final. -#}
    case
        when {{ kpi_values }}.value is null then 'insufficient'
        when {{ kpi_values }}.kind in ('rate', 'ratio') and coalesce({{ kpi_values }}.n, 0) < {{ var('minimum_denominator') }}
            then 'insufficient'
        when {{ kpi_values }}.period_end + cast({{ kpi_values }}.horizon_days as integer) > {{ as_of() }} then 'provisional'
        else 'final'
    end
{%- endmacro %}

{% macro drift_remedy(kind, language) -%}
    {#- What a person does about an alarm: mend the measurement, or explain the business. -#}
    {%- set remedies = {
        'en': ('Mend the measurement or deliver the days again, then run; the values return by themselves.',
               'Find with the owner what changed; if it is to stay, set a new target.'),
        'ja': ('計測を直すか該当日のデータを再取得して再実行してください。値は自動的に戻ります。',
               '担当者と変化の原因を確認し、続くものであれば目標を見直してください。')
    } -%}
    case when {{ kind }} = 'broken' then '{{ remedies[language][0] }}' else '{{ remedies[language][1] }}' end
{%- endmacro %}

{% macro shrunk_shape(parts) -%}
    {#- What a part of the period weighs beside an even spread: its mean intensity, trusted by the share of
        the differences between the parts that is beyond the noise of each. 1 with fewer than two periods. -#}
    case
        when {{ parts }}.periods < 2 or {{ parts }}.noise is null then 1.0
        else greatest(0.0, 1.0 + ({{ parts }}.intensity - 1.0) * coalesce(
            greatest(0.0, var_samp({{ parts }}.intensity) over spread - avg({{ parts }}.noise) over spread) / nullif(
                greatest(0.0, var_samp({{ parts }}.intensity) over spread - avg({{ parts }}.noise) over spread) + {{ parts }}.noise, 0
            ), 0.0
        ))
    end
{%- endmacro %}
