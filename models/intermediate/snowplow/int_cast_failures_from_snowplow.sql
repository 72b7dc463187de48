{{ config(enabled='snowplow' in var('sources')) }}

-- Cells of Snowplow events whose text is no time.

with

failures as (

    {{ cast_failures('snowplow', 'events', ref('stg_snowplow__events'), {
        'collector_tstamp': 'collected_at', 'derived_tstamp': 'derived_at'
    }) }}

)

select * from failures
