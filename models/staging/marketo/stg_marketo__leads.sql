{{ config(enabled='marketo' in var('sources'), materialized='table') }}

with

source as (

    {{ current_rows('marketo', 'leads') }}

),

renamed as (

    select
        ---------- ids
        trim(lead_id) as lead_id,
        {{ salesforce_id(no_placeholder('salesforce_lead_id')) }} as salesforce_lead_id,
        {{ salesforce_id(no_placeholder('salesforce_contact_id')) }} as salesforce_contact_id,
        {{ salesforce_id(no_placeholder('salesforce_account_id')) }} as salesforce_account_id,

        ---------- text
        {{ normalise_email(no_placeholder('email')) }} as email,
        {{ no_placeholder('first_name') }} as given_name,
        {{ no_placeholder('last_name') }} as family_name,
        {{ no_placeholder('company') }} as company_name,
        {{ no_placeholder('phone') }} as phone,
        {{ no_placeholder('lead_source') }} as lead_source,
        {{ no_placeholder('original_source_type') }} as original_source_type,
        _extra as other_columns,

        ---------- times
        {{ parse_timestamp('created_time', 'UTC') }} as created_at,
        {{ parse_timestamp('updated_time', 'UTC') }} as updated_at,

        ---------- text of casts, to show a failed one
        {{ no_placeholder('created_time') }} as created_time,
        {{ no_placeholder('updated_time') }} as updated_time,

        ---------- origin
        _extracted_at as last_seen_on,
        _file_name,
        _row_number
    from source

)

select * from renamed
