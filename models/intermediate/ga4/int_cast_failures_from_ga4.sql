{{ config(enabled='ga4' in var('sources')) }}

-- Cells of GA4 events whose text is no time; such an event counts nowhere.

with

failures as (

    {{ cast_failures('ga4', 'events', ref('stg_ga4__events'), {'event_timestamp': 'occurred_at'}) }}

)

select * from failures
