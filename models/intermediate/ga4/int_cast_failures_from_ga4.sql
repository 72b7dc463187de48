{{ config(enabled='ga4' in var('sources')) }}

-- Cells of GA4 events whose text is no time or day; such an event counts nowhere.

with

failures as (

    {{ cast_failures('ga4', 'events', ref('stg_ga4__events'), {
        'event_timestamp': 'occurred_at', 'event_date_text': 'event_date'
    }) }}

)

-- `_text` marks the text of a column whose typed value has its name.
select * replace (regexp_replace(column_name, '_text$', '') as column_name) from failures
