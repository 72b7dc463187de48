{{ config(enabled='salesforce' in var('sources'), materialized='table') }}

with

source as (

    {{ current_salesforce_rows('opportunity_contact_roles') }}

),

renamed as (

    select
        ---------- ids
        coalesce(valid_id, id) as opportunity_contact_role_id,
        {{ salesforce_key('opportunity_id') }} as opportunity_id,
        {{ salesforce_key('contact_id') }} as contact_id,

        ---------- text
        {{ no_placeholder('role') }} as contact_role,

        ---------- booleans
        coalesce({{ parse_boolean('is_deleted') }}, false) as is_deleted,
        coalesce({{ parse_boolean('is_primary') }}, false) as is_primary,

        ---------- times
        {{ source_timestamp('salesforce', 'created_date') }} as created_at,

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
