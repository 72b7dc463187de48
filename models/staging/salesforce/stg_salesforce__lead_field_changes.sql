{{ config(enabled='salesforce' in var('sources'), materialized='table') }}

with

source as (

    {{ current_salesforce_history(
        'lead_history', ['lead_id', 'created_date', 'field', 'old_value', 'new_value']
    ) }}

),

renamed as (

    select
        ---------- ids
        coalesce(valid_id, id) as lead_field_change_id,
        {{ salesforce_key('lead_id') }} as lead_id,

        ---------- text
        {{ salesforce_field('field') }} as field_name,
        {{ no_placeholder('old_value') }} as value_before,
        {{ no_placeholder('new_value') }} as value_after,

        ---------- booleans
        coalesce({{ parse_boolean('is_deleted') }}, false) as is_deleted,

        ---------- times
        {{ source_timestamp('salesforce', 'created_date') }} as changed_at,
        {{ source_date_only('salesforce', 'created_date', 'changed_at') }} as is_date_only,

        ---------- text of casts, to show a failed one
        id,
        valid_id,
        created_date,

        ---------- origin
        _file_name,
        _row_number
    from source

)

select * from renamed
