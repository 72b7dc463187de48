{% macro source_date_only(source_name, x, utc_time) -%}
    {#- Whether a text that was read as a time gives the day alone: it has no hour and the time is
        midnight in the source's zone (a serial or an epoch may hold an hour without a colon). -#}
    coalesce(
        not contains({{ x }}, ':')
        and {{ utc_time }} = {{ to_utc(
            "date_trunc('day', timezone('" ~ source_option(source_name, 'timezone') ~ "', timezone('UTC', " ~ utc_time ~ ")))",
            source_option(source_name, 'timezone')
        ) }},
        false
    )
{%- endmacro %}
