{{ config(enabled='account_engagement' in var('sources'), materialized='table') }}

with

source as (

    {{ current_rows('account_engagement', 'prospects') }}

),

renamed as (

    select
        ---------- ids
        trim(prospect_id) as prospect_id,
        {{ salesforce_id(no_placeholder('crm_lead_id')) }} as salesforce_lead_id,
        {{ salesforce_id(no_placeholder('crm_contact_id')) }} as salesforce_contact_id,
        {{ salesforce_id(no_placeholder('crm_account_id')) }} as salesforce_account_id,
        {{ no_placeholder('prospect_account_id') }} as prospect_account_id,
        {{ no_placeholder('campaign_id') }} as campaign_id,

        ---------- text
        {{ normalise_email('email') }} as email,
        {{ no_placeholder('first_name') }} as given_name,
        {{ no_placeholder('last_name') }} as family_name,
        {{ no_placeholder('company') }} as company_name,
        {{ no_placeholder('phone') }} as phone,
        {{ no_placeholder('source_name') }} as source_name,
        {{ no_placeholder('grade') }} as grade,
        {{ no_placeholder('lifecycle_stage') }} as lifecycle_stage,

        ---------- numbers
        {{ parse_integer('score') }} as score_points,

        ---------- booleans
        coalesce({{ parse_boolean('is_do_not_email') }}, false) as is_do_not_email,
        coalesce({{ parse_boolean('opted_out') }}, false) as is_opted_out,
        coalesce({{ parse_boolean('is_deleted') }}, false) as is_deleted,

        ---------- times
        {{ source_timestamp('account_engagement', 'created_time') }} as created_at,
        {{ source_timestamp('account_engagement', 'updated_time') }} as updated_at,
        {{ source_timestamp('account_engagement', 'last_activity_time') }} as last_active_at,

        ---------- text of casts, to show a failed one
        score,
        created_time,
        updated_time,
        last_activity_time,

        ---------- origin
        _file_name,
        _row_number
    from source

)

select * from renamed
