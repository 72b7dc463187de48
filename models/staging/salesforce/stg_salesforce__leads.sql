{{ config(enabled='salesforce' in var('sources'), materialized='table') }}

with

source as (

    {{ current_salesforce_rows('leads') }}

),

renamed as (

    select
        ---------- ids
        coalesce(valid_id, id) as lead_id,
        {{ salesforce_key('master_record_id') }} as merged_into_lead_id,
        {{ salesforce_key('converted_account_id') }} as converted_account_id,
        {{ salesforce_key('converted_contact_id') }} as converted_contact_id,
        {{ salesforce_key('converted_opportunity_id') }} as converted_opportunity_id,
        {{ salesforce_key('owner_id') }} as owner_id,
        {{ clean_text('ga_client_id') }} as web_client_id,
        {{ no_placeholder('web_user_id') }} as web_user_id,

        ---------- text
        {{ clean_text('first_name') }} as given_name,
        {{ clean_text('last_name') }} as family_name,
        {{ clean_text('full_name') }} as full_name,
        {{ normalise_email('email') }} as email,
        {{ normalise_phone('phone') }} as phone,
        {{ no_placeholder('company') }} as company_name,
        {{ normalise_domain('website') }} as domain,
        {{ no_placeholder('title') }} as job_title,
        {{ no_placeholder('industry') }} as industry,
        {{ no_placeholder('lead_source') }} as lead_source,
        {{ no_placeholder('status') }} as lead_status,
        {{ no_placeholder('rating') }} as rating,
        {{ no_placeholder('disqualified_reason') }} as disqualified_reason,

        ---------- numbers
        {{ parse_integer('number_of_employees') }} as employee_count,

        ---------- booleans
        coalesce({{ parse_boolean('is_deleted') }}, false) as is_deleted,
        coalesce({{ parse_boolean('is_converted') }}, {{ no_placeholder('converted_date') }} is not null) as is_converted,
        {{ parse_boolean('has_opted_out_of_email') }} as has_opted_out_of_email,

        ---------- dates and times
        {{ source_date('salesforce', 'converted_date') }} as conversion_date,
        {{ source_timestamp('salesforce', 'created_date') }} as created_at,
        {{ source_timestamp('salesforce', 'last_modified_date') }} as last_modified_at,
        {{ source_timestamp('salesforce', 'mql_date') }} as became_mql_at,
        {{ source_timestamp('salesforce', 'sal_date') }} as became_sal_at,
        {{ source_timestamp('salesforce', 'sql_date') }} as became_sql_at,
        {{ source_timestamp('salesforce', 'disqualified_date') }} as disqualified_at,

        ---------- text of casts, to show a failed one
        id,
        valid_id,
        number_of_employees,
        converted_date,
        created_date,
        last_modified_date,
        mql_date,
        sal_date,
        sql_date,
        disqualified_date,

        ---------- origin
        _file_name,
        _row_number
    from source

)

select * from renamed
