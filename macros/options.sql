{% macro source_option(source_name, key) -%}
    {#- What `vars: source_options: {<source>: {<key>: …}}` declares of a source's exports, else:
          timezone     the business time zone: zone of times that are written without one
          date_order   ymd: how dates are written whose year does not stand first in four digits:
                       ymd (there are none), yymd (24/04/01), mdy (4/1/2024), dmy (1/4/2024)
          excel_dates  1900: a number in a date column is a serial of this system; 1904, none
          decimal_sign . or ,
          stage_fields Lead Status: fields that hold a stage, with commas between (marketo)
          app_ids      all: the sites that count, with commas between (snowplow)
          channel      of the costs: paid_search of google_ads, social of meta_ads and linkedin_ads
          session_rule timeout: web events without a session key of the source make sessions by the
                       time between them; own_key (ga4, snowplow): they are in no session
          property_timezone the business time zone: decides the day of a web event (snowplow)
        LinkedIn and Zoom write 4/1/2024 by default: their accounts are American until told otherwise. -#}
    {%- set defaults = {
        'timezone': var('business_timezone'), 'date_order': 'ymd', 'excel_dates': '1900', 'decimal_sign': '.',
        'stage_fields': 'Lead Status', 'app_ids': '', 'channel': 'other',
        'session_rule': 'timeout', 'property_timezone': var('business_timezone')
    } -%}
    {%- do defaults.update({
        'google_ads': {'channel': 'paid_search'}, 'meta_ads': {'channel': 'social'},
        'linkedin_ads': {'channel': 'social', 'date_order': 'mdy'}, 'zoom': {'date_order': 'mdy'},
        'ga4': {'session_rule': 'own_key'}, 'snowplow': {'session_rule': 'own_key'}
    }.get(source_name, {})) -%}
    {%- set declared = (var('source_options', none) or {}).get(source_name) or {} -%}
    {%- for name in [key] + declared.keys() | list if name not in defaults -%}
        {{ exceptions.raise_compiler_error(
            "source_options of " ~ source_name ~ ": there is no option '" ~ name ~ "'; options are "
            ~ defaults.keys() | join(', ')
        ) }}
    {%- endfor -%}
    {{ declared.get(key, defaults[key]) }}
{%- endmacro %}

{% macro source_date(source_name, x) -%}
    {#- parse_date with what is declared of the source. -#}
    {{ parse_date(x, source_option(source_name, 'date_order'), source_option(source_name, 'excel_dates')) }}
{%- endmacro %}

{% macro source_timestamp(source_name, x) -%}
    {#- parse_timestamp (UTC) with what is declared of the source. -#}
    {{ parse_timestamp(
        x, source_option(source_name, 'timezone'),
        source_option(source_name, 'date_order'), source_option(source_name, 'excel_dates')
    ) }}
{%- endmacro %}
