{{ config(enabled='salesforce' in var('sources'), materialized='table') }}

with

source as (

    {{ current_salesforce_rows('accounts') }}

),

renamed as (

    select
        ---------- ids
        coalesce(valid_id, id) as account_id,
        {{ salesforce_key('master_record_id') }} as merged_into_account_id,
        {{ salesforce_key('parent_id') }} as parent_account_id,
        {{ salesforce_key('owner_id') }} as owner_id,

        ---------- text
        {{ no_placeholder('name') }} as company_name,
        {{ normalise_domain('website') }} as domain,
        {{ no_placeholder('type') }} as account_type,
        {{ no_placeholder('industry') }} as industry,
        coalesce({{ no_placeholder('billing_state') }}, {{ no_placeholder('billing_country') }}) as region,

        ---------- numbers
        {{ parse_integer('number_of_employees') }} as employee_count,
        {{ parse_amount('annual_revenue') }} as annual_revenue_amount,

        ---------- booleans
        coalesce({{ parse_boolean('is_deleted') }}, false) as is_deleted,

        ---------- times
        {{ source_timestamp('salesforce', 'created_date') }} as created_at,

        ---------- text of casts, to show a failed one
        id,
        valid_id,
        number_of_employees,
        annual_revenue,
        created_date,

        ---------- origin
        _file_name,
        _row_number
    from source

)

select * from renamed
