{{ config(enabled='salesforce' in var('sources'), materialized='table') }}

with

source as (

    {{ current_salesforce_rows('contacts') }}

),

renamed as (

    select
        ---------- ids
        coalesce(valid_id, id) as contact_id,
        {{ salesforce_key('master_record_id') }} as merged_into_contact_id,
        {{ salesforce_key('account_id') }} as account_id,
        {{ salesforce_key('owner_id') }} as owner_id,
        {{ clean_text('ga_client_id') }} as web_client_id,
        {{ no_placeholder('web_user_id') }} as web_user_id,

        ---------- text
        {{ clean_text('first_name') }} as given_name,
        {{ clean_text('last_name') }} as family_name,
        {{ clean_text('full_name') }} as full_name,
        {{ normalise_email('email') }} as email,
        {{ normalise_phone('phone') }} as phone,
        {{ no_placeholder('account_name') }} as company_name,
        {{ no_placeholder('title') }} as job_title,
        {{ no_placeholder('lead_source') }} as lead_source,

        ---------- booleans
        coalesce({{ parse_boolean('is_deleted') }}, false) as is_deleted,
        {{ parse_boolean('has_opted_out_of_email') }} as has_opted_out_of_email,

        ---------- times
        {{ source_timestamp('salesforce', 'created_date') }} as created_at,
        {{ source_timestamp('salesforce', 'last_modified_date') }} as last_modified_at,

        ---------- text of casts, to show a failed one
        id,
        valid_id,
        created_date,
        last_modified_date,

        ---------- origin
        _file_name,
        _row_number
    from source

)

select * from renamed
