{{ config(enabled='hubspot' in var('sources')) }}

-- Stages of contacts and deals as far as their daily snapshots show them: on the day of the first snapshot that
-- has the stage. Of a record that was there from the first snapshot on, nobody knows since when.

with

changes as (

    select
        *,
        min(observed_date) over (partition by object) as first_snapshot_date
    from {{ ref('int_field_changes_observed') }}
    where source = 'hubspot'

)

select
    object,
    entity_key as record_id,
    column_name as source_field,
    new_value as source_value,
    {{ to_utc('cast(observed_date as timestamp)') }} as entered_at
from changes
where
    column_name in ('lifecycle_stage', 'deal_stage')
    and new_value is not null
    and observed_date > first_snapshot_date
