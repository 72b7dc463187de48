{{ config(
    enabled='hubspot' in var('sources'), materialized='incremental', incremental_strategy='replace_changed', on_schema_change='fail',
    unique_key='deal_id', changes_of=['hubspot', 'deal_property_history'], changed_key='trim(record_id)'
) }}

-- HubSpot keeps the last 20 changes of a property: where one delivery brought as many, those before
-- them may be missing.

with

source as (

    {{ current_rows('hubspot', 'deal_property_history', only=only_new_keys('hubspot', 'deal_property_history', 'trim(record_id)')) }}

),

renamed as (

    select
        ---------- ids
        trim(record_id) as deal_id,

        ---------- text
        {{ hubspot_property('property_name') }} as property_name,
        {{ clean_text('value') }} as property_value,
        change_source,
        change_source_id,

        ---------- times
        {{ source_timestamp('hubspot', 'changed_at') }} as property_changed_at,

        ---------- text of casts, to show a failed one
        changed_at,

        ---------- origin
        _load_seq,
        _file_name,
        _row_number
    from source

),

counted as (

    select
        *,
        count(*) over (partition by deal_id, property_name, _load_seq) as n_delivered
    from renamed

)

select
    * exclude (_load_seq, n_delivered),
    max(n_delivered) over (partition by deal_id, property_name) >= 20 as has_truncated_head
from counted
