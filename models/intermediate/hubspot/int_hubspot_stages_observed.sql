{{ config(enabled='hubspot' in var('sources')) }}

-- Stages of contacts and deals as far as their daily snapshots show them: on the day of the first snapshot that
-- has the stage. Of a record that was there from the first snapshot on, nobody knows since when. A value that
-- means the same stage as the one before, such as the label in another language, is no entry; nor is the first
-- sight of a contact whose entries are dated.

with

changes as (

    select
        *,
        min(observed_date) over (partition by object) as first_snapshot_date
    from {{ ref('int_field_changes_observed') }}
    where source = 'hubspot'

),

meanings as (

    select * from {{ ref('int_stage_values_mapped') }}
    where source = 'hubspot'

),

dated_contacts as (

    select contact_id from {{ ref('int_contact_dates_unpivoted') }}
    where entered_at is not null
    union
    select contact_id from {{ ref('int_contact_stage_dates_unpivoted') }}
    where entered_at is not null

),

seen as (

    select changes.*
    from changes
    left join dated_contacts on changes.object = 'contacts' and changes.entity_key = dated_contacts.contact_id
    where
        changes.column_name in ('lifecycle_stage', 'deal_stage')
        and changes.new_value is not null
        and changes.observed_date > changes.first_snapshot_date
        and not (coalesce(changes.is_first, false) and dated_contacts.contact_id is not null)

),

relabelled as (

    select
        seen.object,
        seen.entity_key,
        seen.column_name,
        seen.observed_date
    from seen
    inner join meanings as meanings_before
        on seen.column_name = meanings_before.source_field and lower(seen.old_value) = meanings_before.source_value
    inner join meanings as meanings_after
        on
            seen.column_name = meanings_after.source_field
            and lower(seen.new_value) = meanings_after.source_value
            and meanings_before.contract = meanings_after.contract
    group by seen.object, seen.entity_key, seen.column_name, seen.observed_date
    having bool_and(meanings_before.stage = meanings_after.stage)

)

select
    seen.object,
    seen.entity_key as record_id,
    seen.column_name as source_field,
    seen.new_value as source_value,
    {{ to_utc('cast(seen.observed_date as timestamp)') }} as entered_at
from seen
anti join relabelled
    on
        seen.object = relabelled.object
        and seen.entity_key = relabelled.entity_key
        and seen.column_name = relabelled.column_name
        and seen.observed_date = relabelled.observed_date
