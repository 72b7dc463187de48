{{ config(enabled='ga4' in var('sources'), materialized='ephemeral') }}

-- Rows of the daily files; for the dates that have none, of intraday files; for those that have neither,
-- of queries saved by hand. Identical rows of several shards are one event: a day that comes in fewer
-- shards than before leaves some that nothing restates. An increment holds the changed dates only.
{%- set changed_dates -%}
    {%- if builds_increment() -%} event_date in (select changed.event_date from {{ ref('stg_ga4__dates_changed') }} as changed)
    {%- else -%} true
    {%- endif -%}
{%- endset %}
-- depends_on: {{ ref('stg_ga4__dates_changed') }}

with

daily_parts as not materialized (

    {{ current_rows('ga4', 'events', only=changed_dates) }}

),

daily as not materialized (

    {{ ga4_shards_united('daily_parts', 'events') }}

),

daily_dates as (

    select distinct event_date from daily_parts

),

intraday_parts as not materialized (

    {{ current_rows('ga4', 'events_intraday', only=changed_dates) }}

),

intraday as not materialized (

    {{ ga4_shards_united('intraday_parts', 'events_intraday') }}

),

intraday_dates as (

    select distinct event_date from intraday_parts

),

flat as (

    select * from {{ ref('stg_ga4__events_flat') }}
    where {{ changed_dates }}

),

united as (

    select
        *,
        false as is_intraday
    from daily
    union all by name
    select
        intraday.*,
        true as is_intraday
    from intraday
    anti join daily_dates on intraday.event_date = daily_dates.event_date
    union all by name
    select
        flat.*,
        false as is_intraday
    from flat
    anti join daily_dates on flat.event_date = daily_dates.event_date
    anti join intraday_dates on flat.event_date = intraday_dates.event_date

)

select * from united
