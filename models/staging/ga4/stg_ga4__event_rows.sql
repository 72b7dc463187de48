{{ config(enabled='ga4' in var('sources')) }}

-- Rows of the daily files, and of intraday files for the dates that have no daily one.

with

daily as (

    {{ current_rows('ga4', 'events') }}

),

intraday as (

    {{ current_rows('ga4', 'events_intraday') }}

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

)

select * from united
