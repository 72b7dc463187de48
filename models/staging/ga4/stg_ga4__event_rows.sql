{{ config(enabled='ga4' in var('sources')) }}

-- Rows of the daily files; for the dates that have none, of intraday files; for those that have neither,
-- of queries saved by hand. Identical rows of several shards are one event: a day that comes in fewer
-- shards than before leaves some that nothing restates.

with

daily_parts as (

    {{ current_rows('ga4', 'events') }}

),

daily as (

    {{ ga4_shards_united('daily_parts', 'events') }}

),

intraday_parts as (

    {{ current_rows('ga4', 'events_intraday') }}

),

intraday as (

    {{ ga4_shards_united('intraday_parts', 'events_intraday') }}

),

flat as (

    select * from {{ ref('stg_ga4__events_flat') }}

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
    anti join daily on intraday.event_date = daily.event_date
    union all by name
    select
        flat.*,
        false as is_intraday
    from flat
    anti join daily on flat.event_date = daily.event_date
    anti join intraday on flat.event_date = intraday.event_date

)

select * from united
