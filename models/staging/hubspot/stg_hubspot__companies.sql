{{ config(
    enabled='hubspot' in var('sources'), materialized='incremental', incremental_strategy='replace_changed', on_schema_change='fail',
    unique_key='company_id', changes_of=['hubspot', 'companies'], changed_key='trim(record_id)'
) }}

with

source as (

    {{ current_rows('hubspot', 'companies', only=only_new_keys('hubspot', 'companies', 'trim(record_id)')) }}

),

renamed as (

    select
        ---------- ids
        trim(record_id) as company_id,
        merged_object_ids,

        ---------- text
        name as company_name,
        {{ normalise_domain('domain') }} as domain,
        industry,
        coalesce({{ no_placeholder('state') }}, {{ no_placeholder('country') }}) as region,

        ---------- numbers
        try_cast({{ parse_integer('number_of_employees') }} as integer) as employee_count,
        {{ parse_amount('annual_revenue') }} as annual_revenue_amount,

        ---------- times
        {{ source_timestamp('hubspot', 'create_date') }} as created_at,

        ---------- text of casts, to show a failed one
        number_of_employees,
        annual_revenue,
        create_date,

        ---------- origin
        _file_name,
        _row_number
    from source

)

select * from renamed
