{{ config(enabled='hubspot' in var('sources')) }}

with

source as (

    {{ current_rows('hubspot', 'deals') }}

),

renamed as (

    select
        ---------- ids
        record_id as deal_id,
        split_part(associated_contact_ids, ';', 1) as contact_id,
        split_part(associated_company_ids, ';', 1) as company_id,

        ---------- text
        pipeline,
        trim(deal_stage) as deal_stage,
        closed_lost_reason,
        _extra as other_columns,

        ---------- numbers
        {{ parse_amount('amount') }} as deal_amount,

        ---------- times, wall clock of the account made UTC
        {{ to_utc(parse_local_timestamp('create_date')) }} as created_at,
        {{ to_utc(parse_local_timestamp('close_date')) }} as close_at,

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
