{{ config(enabled='salesforce' in var('sources'), materialized='table') }}

with

source as (

    {{ current_salesforce_rows('campaign_members') }}

),

renamed as (

    select
        ---------- ids
        coalesce(valid_id, id) as campaign_member_id,
        {{ salesforce_key('campaign_id') }} as campaign_id,
        {{ salesforce_key('lead_id') }} as lead_id,
        {{ salesforce_key('contact_id') }} as contact_id,

        ---------- text
        {{ no_placeholder('status') }} as member_status,

        ---------- booleans
        coalesce({{ parse_boolean('is_deleted') }}, false) as is_deleted,
        coalesce({{ parse_boolean('has_responded') }}, {{ no_placeholder('first_responded_date') }} is not null) as has_responded,

        ---------- dates and times
        {{ source_date('salesforce', 'first_responded_date') }} as first_response_date,
        {{ source_timestamp('salesforce', 'created_date') }} as created_at,

        ---------- text of casts, to show a failed one
        id,
        valid_id,
        first_responded_date,
        created_date,

        ---------- origin
        _file_name,
        _row_number
    from source

)

select * from renamed
