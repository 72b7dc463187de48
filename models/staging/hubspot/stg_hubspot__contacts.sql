{{ config(
    enabled='hubspot' in var('sources'), materialized='incremental', incremental_strategy='replace_changed', on_schema_change='fail',
    unique_key='contact_id', changes_of=['hubspot', 'contacts'], changed_key='trim(record_id)'
) }}

with

source as (

    {{ current_rows('hubspot', 'contacts', only=only_new_keys('hubspot', 'contacts', 'trim(record_id)')) }}

),

renamed as (

    select
        ---------- ids
        trim(record_id) as contact_id,
        coalesce({{ clean_text('primary_company_id') }}, {{ first_entry('associated_company_ids') }}) as company_id,
        {{ salesforce_id(no_placeholder('salesforce_lead_id')) }} as salesforce_lead_id,
        {{ salesforce_id(no_placeholder('salesforce_contact_id')) }} as salesforce_contact_id,
        {{ no_placeholder('ga_client_id') }} as web_client_id,
        {{ no_placeholder('web_user_id') }} as web_user_id,
        merged_object_ids,
        calculated_merged_vids,
        all_vids,

        ---------- text
        {{ normalise_email('email') }} as email,
        first_name as given_name,
        last_name as family_name,
        company_name,
        phone,
        {{ no_placeholder('lifecycle_stage') }} as lifecycle_stage,
        lead_status,
        {{ no_placeholder('original_source') }} as original_source,
        {{ no_placeholder('original_source_detail') }} as original_source_detail,
        {{ no_placeholder('disqualified_reason') }} as disqualified_reason,
        {{ no_placeholder('contact_owner') }} as contact_owner,
        _extra as other_columns,

        ---------- times, wall clock of the account made UTC
        {{ source_timestamp('hubspot', 'create_date') }} as created_at,
        {{ source_timestamp('hubspot', 'first_visit_date') }} as first_visit_at,
        {{ source_timestamp('hubspot', 'became_lead_date') }} as became_lead_at,
        {{ source_timestamp('hubspot', 'became_mql_date') }} as became_mql_at,
        {{ source_timestamp('hubspot', 'became_sal_date') }} as became_sal_at,
        {{ source_timestamp('hubspot', 'became_sql_date') }} as became_sql_at,
        {{ source_timestamp('hubspot', 'became_opportunity_date') }} as became_opportunity_at,
        {{ source_timestamp('hubspot', 'became_customer_date') }} as became_customer_at,
        {{ source_timestamp('hubspot', 'disqualified_date') }} as disqualified_at,

        ---------- text of the times, to show a failed cast
        create_date,
        first_visit_date,
        became_lead_date,
        became_mql_date,
        became_sal_date,
        became_sql_date,
        became_opportunity_date,
        became_customer_date,
        disqualified_date,

        ---------- origin
        _file_name,
        _row_number
    from source

)

select * from renamed
