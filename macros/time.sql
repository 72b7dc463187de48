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

{% macro fiscal_label(days, part, language) -%}
    {#- What people call a fiscal year, half or quarter: FY2026 H1, 2026年度上期. The variable fiscal_year_named_by
        says whether the calendar year in which it starts or the one in which it ends names it. -#}
    {%- set months = 11 if var('fiscal_year_named_by', 'start') == 'end' else 0 -%}
    {%- set named = "year(" ~ days ~ ".fiscal_year + interval " ~ months ~ " month)" -%}
    {%- set number = "1 + date_diff('month', " ~ days ~ ".fiscal_year, " ~ days ~ ".fiscal_" ~ part ~ ") // " ~ {'half': 6, 'quarter': 3}.get(part, 12) -%}
    {%- if language == 'en' -%}
        'FY' || {{ named }}{% if part != 'year' %} || ' {{ part[0] | upper }}' || {{ number }}{% endif %}
    {%- else -%}
        {{ named }} || '年度'{% if part == 'half' %} || case {{ number }} when 1 then '上期' else '下期' end
        {%- elif part == 'quarter' %} || '第' || {{ number }} || '四半期'{% endif %}
    {%- endif -%}
{%- endmacro %}

{% macro business_day_number(period) -%}
    {#- How many business days of the period there have been by the end of the day. -#}
    cast(count(*) filter (where is_business_day) over (partition by {{ period }} order by date_day) as integer)
{%- endmacro %}
