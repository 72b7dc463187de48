{% macro parse_amount(x, decimal_sign='.') -%}
    {#- A DECIMAL(18, 2) from ¥1,234, 1,234円, 12.5万円, 3億4,000万円, ▲1,234, (1,234), $21,000, 58.8k.
        A percentage is no amount, nor is a spreadsheet's 1.6E+15, which has lost digits. -#}
    case
        when regexp_full_match({{ x }}, '{{ plain_number(decimal_sign) }}') then try_cast({{ x }} as decimal(18, 2))
        {{ grouped_number(x, decimal_sign, 'decimal(18, 2)') }}
        else list_transform({{ numeral(x, decimal_sign) }}, lambda number_: case
            when not number_['is_percent'] then try_cast(number_['amount'] as decimal(18, 2))
        end)[1]
    end
{%- endmacro %}

{% macro parse_number(x, decimal_sign='.') -%}
    {#- A DOUBLE from the forms of parse_amount, 12.5% (0.125) and 1.61121E+15. -#}
    case
        when regexp_full_match({{ x }}, '{{ plain_number(decimal_sign) }}(?:[eE][-+]?\d{1,2})?') then try_cast({{ x }} as double)
        {{ grouped_number(x, decimal_sign, 'double') }}
        else list_transform({{ numeral(x, decimal_sign) }}, lambda number_:
            cast(number_['amount'] as double) / if(number_['is_percent'], 100, 1))[1]
    end
{%- endmacro %}

{% macro parse_integer(x, decimal_sign='.') -%}
    {#- A BIGINT from the forms of parse_amount where the value is whole (12.0, 1.2万). -#}
    case
        when regexp_full_match({{ x }}, '-?\d{1,18}') then try_cast({{ x }} as bigint)
        {{ grouped_number(x, decimal_sign, 'bigint') }}
        else list_transform({{ numeral(x, decimal_sign) }}, lambda number_: case
            when not number_['is_percent'] and number_['amount'] = trunc(number_['amount']) then try_cast(number_['amount'] as bigint)
        end)[1]
    end
{%- endmacro %}

{% macro parse_share(x, bare='share', decimal_sign='.') -%}
    {#- A DOUBLE from 12.5% (0.125). A number without the sign is a share (0.125) or, where the
        header says so, bare='percent' (12.5); a bare share beyond 1 is more likely a percentage
        that nobody declared, and null. -#}
    list_transform({{ numeral(x, decimal_sign) }}, lambda number_: case
        when number_['is_percent'] {{ 'or true' if bare == 'percent' }} then cast(number_['amount'] as double) / 100
        when abs(number_['amount']) <= 1 then cast(number_['amount'] as double)
    end)[1]
{%- endmacro %}

{% macro plain_number(decimal_sign) -%}
    {#- Pattern of the numbers that DuckDB reads as they are. -#}
    -?\d{1,15}{% if decimal_sign == '.' %}(?:[.]\d+)?{% endif %}
{%- endmacro %}

{% macro grouped_number(x, decimal_sign, type) -%}
    {#- The short way for the most frequent of the other forms, as a branch of a CASE. -#}
    {%- if decimal_sign == '.' -%}
    when regexp_full_match({{ x }}, '[¥$]?(?:[1-9]\d{0,2}(?:,\d{3})+|\d{1,3}){{ '(?:[.][0-9]+)?' if type != 'bigint' }}円?')
        then try_cast(replace(replace(replace(replace({{ x }}, ',', ''), '¥', ''), '$', ''), '円', '') as {{ type }})
    {%- endif -%}
{%- endmacro %}
