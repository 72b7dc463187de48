{% macro parse_amount(x, decimal_sign='.') -%}
    {#- A DECIMAL(18, 2) from ¥1,234, 1,234円, 12.5万円, 3億4,000万円, ▲1,234, (1,234), $21,000, 58.8k.
        A percentage is no amount, nor is a spreadsheet's 1.6E+15, which has lost digits. -#}
    case
        when regexp_full_match({{ x }}, '{{ plain_number(decimal_sign) }}') then try_cast({{ x }} as decimal(18, 2))
        else list_transform([{{ numeral(x, decimal_sign) }}], lambda n: case
            when not n.is_percent then try_cast(n.amount as decimal(18, 2))
        end)[1]
    end
{%- endmacro %}

{% macro parse_number(x, decimal_sign='.') -%}
    {#- A DOUBLE from the forms of parse_amount, 12.5% (0.125) and 1.61121E+15. -#}
    case
        when regexp_full_match({{ x }}, '{{ plain_number(decimal_sign) }}(?:[eE][-+]?\d{1,2})?') then try_cast({{ x }} as double)
        else list_transform([{{ numeral(x, decimal_sign) }}], lambda n:
            cast(n.amount as double) / if(n.is_percent, 100, 1))[1]
    end
{%- endmacro %}

{% macro parse_integer(x, decimal_sign='.') -%}
    {#- A BIGINT from the forms of parse_amount where the value is whole (12.0, 1.2万). -#}
    case
        when regexp_full_match({{ x }}, '-?\d{1,18}') then try_cast({{ x }} as bigint)
        else list_transform([{{ numeral(x, decimal_sign) }}], lambda n: case
            when not n.is_percent and n.amount = trunc(n.amount) then try_cast(n.amount as bigint)
        end)[1]
    end
{%- endmacro %}

{% macro parse_share(x, bare='share', decimal_sign='.') -%}
    {#- A DOUBLE from 12.5% (0.125). A number without the sign is a share (0.125) or, where the
        header says so, bare='percent' (12.5); a bare share beyond 1 is more likely a percentage
        that nobody declared, and null. -#}
    list_transform([{{ numeral(x, decimal_sign) }}], lambda n: case
        when n.is_percent {{ 'or true' if bare == 'percent' }} then cast(n.amount as double) / 100
        when abs(n.amount) <= 1 then cast(n.amount as double)
    end)[1]
{%- endmacro %}

{% macro plain_number(decimal_sign) -%}
    {#- Pattern of the numbers that DuckDB reads as they are. -#}
    -?\d{1,15}{% if decimal_sign == '.' %}(?:[.]\d+)?{% endif %}
{%- endmacro %}

{% macro digits(decimal_sign) -%}
    {#- Pattern of an unsigned number whose thousands are grouped rightly or not at all. -#}
    {%- if decimal_sign == '.' -%}
    (?:(?:\d{1,3}(?:[,’'']\d{3})+|\d+)(?:[.]\d+)?|[.]\d+)
    {%- else -%}
    (?:(?:\d{1,3}(?:[. ’'']\d{3})+|\d+)(?:,\d+)?|,\d+)
    {%- endif -%}
{%- endmacro %}

{% macro number_text(x) -%}
    {#- Clean text with minus signs of all kinds as -, without the currency. ① and ² are no digits. -#}
    regexp_replace(regexp_replace(
        translate(case when not regexp_matches({{ x }}, '\p{No}') then {{ clean_text(x) }} end, '−‐–▲△▼', '------'),
        '^([-+(]*)\s*(?:(?:US|A|C|NT|HK|S)?[$]|[¥\\€£₩]|JPY|USD|EUR|GBP)\s*', '\1'
    ), '\s*(?:円|ドル|ユーロ|€|JPY|USD|EUR|GBP)(\)?)$', '\1')
{%- endmacro %}

{% macro numeral(x, decimal_sign) -%}
    {#- STRUCT(amount DECIMAL, is_percent BOOLEAN) of a number with sign, thousands and unit; the
        amount is null when the text is none. -#}
    list_transform([regexp_extract(
        {{ number_text(x) }},
        '^(\()?([-+]?)\s*(?:({{ digits(decimal_sign) }})兆)?(?:({{ digits(decimal_sign) }})億)?(?:({{ digits(decimal_sign) }})(千?)万)?(?:({{ digits(decimal_sign) }})\s*(百万|千|[kKmMbB])?)?\s*(%?)(\))?$',
        ['opened', 'sign', 'e12', 'e8', 'e4', 'thousand', 'e0', 'unit', 'percent', 'closed']
    )], lambda p: {
        'amount': case when (p.opened = '') = (p.closed = '') and (p.opened = '' or p.sign = '') then
            {{ numeral_sum(decimal_sign) }} * if(p.opened = '(' or p.sign = '-', -1, 1)
        end,
        'is_percent': p.percent = '%'
    })[1]
{%- endmacro %}

{% macro numeral_sum(decimal_sign) -%}
    {#- 3億4,000万 is 3e8 + 4000e4, exactly; null where there is no digit at all. -#}
    {%- set powers = {
        'e12': "'e12'", 'e8': "'e8'", 'e4': "if(p.thousand = '', 'e4', 'e7')",
        'e0': "case lower(p.unit) when '' then 'e0' when '百万' then 'e6' when 'm' then 'e6' when 'b' then 'e9' else 'e3' end"
    } -%}
    {%- set separators = ",’''" if decimal_sign == '.' else ". ’''" -%}
    case when concat(p.e12, p.e8, p.e4, p.e0) <> '' then
    {%- for part, power in powers.items() %}
        {{ "+ " if not loop.first }}if(p.{{ part }} = '', 0, try_cast(
            translate(p.{{ part }}, '{{ decimal_sign }}{{ separators }}', '.') || {{ power }} as decimal(30, 8)))
    {%- endfor %}
    end
{%- endmacro %}
