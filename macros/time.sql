{% macro to_utc(local_time, timezone=var('business_timezone')) -%}
    {#- A wall-clock TIMESTAMP of a time zone as a TIMESTAMP in UTC. -#}
    timezone('UTC', timezone('{{ timezone }}', {{ local_time }}))
{%- endmacro %}

{% macro to_local_date(utc_time, timezone=var('business_timezone')) -%}
    {#- The day on which a TIMESTAMP in UTC happened, of the business or of another time zone. -#}
    cast(timezone('{{ timezone }}', timezone('UTC', {{ utc_time }})) as date)
{%- endmacro %}

{% macro as_of() -%}
    {#- The last day whose end is known, as a DATE. -#}
    date '{{ var("as_of") }}'
{%- endmacro %}

{% macro as_of_end_utc() -%}
    {#- The first instant after the as-of day, in UTC. -#}
    {{ to_utc("cast(" ~ as_of() ~ " + 1 as timestamp)") }}
{%- endmacro %}

{% macro fiscal_period_start(date_day, months) -%}
    {#- Start of the fiscal period of 3, 6 or 12 months that a date falls into. -#}
    cast(
        date_trunc('month', {{ date_day }})
        - to_months(cast((month({{ date_day }}) - {{ var('fiscal_year_start_month') }} + 12) % {{ months }} as integer))
        as date
    )
{%- endmacro %}
