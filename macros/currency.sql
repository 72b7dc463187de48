{% macro amount_currency(x) -%}
    {#- The currency that the text of an amount names (USD 500, €1,200, 1,200円); null where it names
        none, as ¥ does, which is of two countries. $ is the project's own currency where that is a
        dollar, else that of the United States. -#}
    {%- set dollar = var('currency') if var('currency') in ['AUD', 'CAD', 'HKD', 'NZD', 'SGD', 'TWD'] else 'USD' -%}
    list_transform([upper({{ clean_text(x) }})], lambda text_: case
    {%- for sign, code in {
        'USD': 'USD', 'EUR': 'EUR', 'GBP': 'GBP', 'JPY': 'JPY', 'US$': 'USD', 'NT$': 'TWD', 'HK$': 'HKD', 'A$': 'AUD',
        'C$': 'CAD', 'S$': 'SGD', '$': dollar, 'ドル': dollar, '€': 'EUR', 'ユーロ': 'EUR', '£': 'GBP', '₩': 'KRW', '円': 'JPY'
    }.items() %}
        when contains(text_, '{{ sign }}') then '{{ code }}'
    {%- endfor %}
    end)[1]
{%- endmacro %}
