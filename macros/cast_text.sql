{% macro to_half_width(text_value) -%}
    {#- Full-width digits and signs as half-width ones; other characters stay. -#}
    translate({{ text_value }}, '０１２３４５６７８９，．－＋：／　', '0123456789,.-+:/ ')
{%- endmacro %}

{% macro parse_date(text_value) -%}
    {#- A DATE from the year-first forms of CRM and Japanese exports, null when it is none. -#}
    cast(try_strptime(
        trim({{ to_half_width(text_value) }}),
        ['%Y-%m-%d', '%Y/%m/%d', '%Y年%m月%d日', '%Y%m%d', '%Y-%m-%d %H:%M', '%Y/%m/%d %H:%M', '%Y-%m-%d %H:%M:%S']
    ) as date)
{%- endmacro %}

{% macro parse_local_timestamp(text_value) -%}
    {#- A wall-clock TIMESTAMP from year-first text, null when it is none. -#}
    try_strptime(
        trim({{ to_half_width(text_value) }}),
        ['%Y-%m-%d %H:%M', '%Y-%m-%d %H:%M:%S', '%Y/%m/%d %H:%M', '%Y/%m/%d %H:%M:%S', '%Y-%m-%d', '%Y/%m/%d', '%Y年%m月%d日']
    )
{%- endmacro %}

{% macro parse_amount(text_value) -%}
    {#- A DECIMAL from text with currency signs and thousands separators, null when it is none. -#}
    try_cast(
        nullif(regexp_replace({{ to_half_width(text_value) }}, '[¥￥,円\s]', '', 'g'), '')
        as decimal(18, 2)
    )
{%- endmacro %}

{% macro normalise_email(text_value) -%}
    {#- Full-width letters, case and surrounding blanks do not make another person. -#}
    nullif(lower(trim(translate(
        {{ text_value }},
        '＠．－＿ａｂｃｄｅｆｇｈｉｊｋｌｍｎｏｐｑｒｓｔｕｖｗｘｙｚＡＢＣＤＥＦＧＨＩＪＫＬＭＮＯＰＱＲＳＴＵＶＷＸＹＺ０１２３４５６７８９',
        '@.-_abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'
    ))), '')
{%- endmacro %}
