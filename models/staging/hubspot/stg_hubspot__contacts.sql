{{ config(enabled='hubspot' in var('sources')) }}

with

source as (

    {{ current_rows('hubspot', 'contacts') }}

),

renamed as (

    select
        ---------- ids
        record_id as contact_id,
        split_part(associated_company_ids, ';', 1) as company_id,
        ga_client_id as web_client_id,

        ---------- text
        {{ normalise_email('email') }} as email,
        lifecycle_stage,
        lead_status,
        original_source,

        ---------- times, wall clock of the account made UTC
        {{ to_utc(parse_local_timestamp('create_date')) }} as created_at,
        {{ to_utc(parse_local_timestamp('became_lead_date')) }} as became_lead_at,
        {{ to_utc(parse_local_timestamp('became_mql_date')) }} as became_mql_at,
        {{ to_utc(parse_local_timestamp('became_sal_date')) }} as became_sal_at,
        {{ to_utc(parse_local_timestamp('became_sql_date')) }} as became_sql_at,
        {{ to_utc(parse_local_timestamp('disqualified_date')) }} as disqualified_at,

        ---------- text of the times, to show a failed cast
        create_date,
        became_lead_date,
        became_mql_date,
        became_sal_date,
        became_sql_date,
        disqualified_date,

        ---------- origin
        _file_name,
        _row_number
    from source

)

select * from renamed
