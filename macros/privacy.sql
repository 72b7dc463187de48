{% macro pseudonymise(key) -%}
    {#- A stable id that does not reveal its key. Set KEIRO_PSEUDONYM_SALT to a secret of your own. -#}
    substr(sha256('{{ env_var("KEIRO_PSEUDONYM_SALT", "keiro") }}' || ':' || {{ key }}), 1, 20)
{%- endmacro %}

{% macro mask_shape(text_value) -%}
    {#- The shape of a text that may be personal: digits as 9, letters as *, signs as they are. -#}
    regexp_replace(regexp_replace({{ text_value }}, '[0-9０-９]', '9', 'g'), '[^9年月日/:.,+△▲¥￥円% -]', '*', 'g')
{%- endmacro %}

{% macro label_or_mask(text_value) -%}
    {#- A value that should be a label: shown unless it looks like an address or a number. -#}
    case
        when {{ text_value }} like '%@%' or regexp_matches({{ text_value }}, '[0-9]{5}') or length({{ text_value }}) > 60
            then {{ mask_shape(text_value) }}
        else {{ text_value }}
    end
{%- endmacro %}
