{{ config(
    enabled='hubspot' in var('sources'), materialized='incremental', incremental_strategy='replace_changed', on_schema_change='fail',
    unique_key='deal_id', changes_of=['hubspot', 'deals'], changed_key='trim(record_id)'
) }}

with

source as (

    {{ current_rows('hubspot', 'deals', only=only_new_keys('hubspot', 'deals', 'trim(record_id)')) }}

),

renamed as (

    select
        ---------- ids
        trim(record_id) as deal_id,
        {{ first_entry('associated_contact_ids') }} as contact_id,
        {{ first_entry('associated_company_ids') }} as company_id,
        merged_object_ids,

        ---------- text
        pipeline,
        {{ no_placeholder('deal_stage') }} as deal_stage,
        coalesce(upper({{ no_placeholder('currency') }}), {{ amount_currency('amount') }}) as currency,
        closed_lost_reason,
        {{ no_placeholder('deal_owner') }} as deal_owner,
        _extra as other_columns,

        ---------- numbers
        {{ parse_amount('amount') }} as deal_amount,

        ---------- times, wall clock of the account made UTC
        {{ source_timestamp('hubspot', 'create_date') }} as created_at,
        {{ source_timestamp('hubspot', 'close_date') }} as close_at,

        ---------- text of casts, to show a failed one
        amount,
        create_date,
        close_date,

        ---------- origin
        _file_name,
        _row_number
    from source

)

select * from renamed
