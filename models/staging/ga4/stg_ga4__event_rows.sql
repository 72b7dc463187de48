{{ config(enabled='ga4' in var('sources'), materialized='ephemeral') }}

-- Rows of the daily files; for the dates that have none, of intraday files; for those that have neither,
-- of queries saved by hand. Identical rows of several shards are one event: a day that comes in fewer
-- shards than before leaves some that nothing restates. An increment holds the changed dates only.
{%- set changed_dates = only_changed('stg_ga4__dates_changed', 'event_date') %}
-- Marks of deletion have no date, so all of them are looked at.
{%- set known_of_dates = '(_is_deleted or ' ~ changed_dates ~ ')' %}

with

daily_parts as not materialized (

    {{ current_rows('ga4', 'events', only=known_of_dates) }}

),

daily as not materialized (

    {{ ga4_shards_united('daily_parts', 'events') }}

),

daily_dates as (

    select distinct event_date from daily_parts

),

intraday_parts as not materialized (

    {{ current_rows('ga4', 'events_intraday', only=known_of_dates) }}

),

intraday as not materialized (

    {{ ga4_shards_united('intraday_parts', 'events_intraday') }}

),

intraday_dates as (

    select distinct event_date from intraday_parts

),

flat as (

    select * from {{ ref('stg_ga4__events_flat') }}
    where {{ changed_dates | trim }}

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
