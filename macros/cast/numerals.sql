{% macro digits(decimal_sign) -%}
    {#- Pattern of an unsigned number whose thousands are grouped rightly or not at all: 0,123 is no
        number, but somebody's 0.123. -#}
    {%- if decimal_sign == '.' -%}
    (?:(?:[1-9]\d{0,2}(?:[,’'']\d{3})+|\d+)(?:[.]\d+)?|[.]\d+)
    {%- else -%}
    (?:(?:[1-9]\d{0,2}(?:[. ’'']\d{3})+|\d+)(?:,\d+)?|,\d+)
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
    {#- [STRUCT(amount DECIMAL, is_percent BOOLEAN)] of a number with sign, thousands and unit; the
        amount is null when the text is none. -#}
    list_transform([regexp_extract(
        {{ number_text(x) }},
        '^(\()?([-+]?)\s*(?:({{ digits(decimal_sign) }})兆)?(?:({{ digits(decimal_sign) }})億)?(?:({{ digits(decimal_sign) }})(千?)万)?(?:({{ digits(decimal_sign) }})\s*(百万|千|[kKmMbB])?)?\s*(%?)(\))?$',
        ['opened', 'sign', 'e12', 'e8', 'e4', 'thousand', 'e0', 'unit', 'percent', 'closed']
    )], lambda parts_: {
        'amount': case when (parts_['opened'] = '') = (parts_['closed'] = '') and (parts_['opened'] = '' or parts_['sign'] = '') then
            {{ numeral_sum(decimal_sign) }} * if(parts_['opened'] = '(' or parts_['sign'] = '-', -1, 1)
        end,
        'is_percent': parts_['percent'] = '%'
    })
{%- endmacro %}

{% macro numeral_sum(decimal_sign) -%}
    {#- 3億4,000万 is 3e8 + 4000e4, exactly; null where there is no digit at all. -#}
    {%- set powers = {
        'e12': "'e12'", 'e8': "'e8'", 'e4': "if(parts_['thousand'] = '', 'e4', 'e7')",
        'e0': "case lower(parts_['unit']) when '' then 'e0' when '百万' then 'e6' when 'm' then 'e6' when 'b' then 'e9' else 'e3' end"
    } -%}
    {%- set separators = ",’''" if decimal_sign == '.' else ". ’''" -%}
    case when concat(parts_['e12'], parts_['e8'], parts_['e4'], parts_['e0']) <> '' then
    {%- for part, power in powers.items() %}
        {{ "+ " if not loop.first }}if(parts_['{{ part }}'] = '', 0, try_cast(
            translate(parts_['{{ part }}'], '{{ decimal_sign }}{{ separators }}', '.') || {{ power }} as decimal(30, 8)))
    {%- endfor %}
    end
{%- endmacro %}
