{{ config(enabled='hubspot' in var('sources')) }}

with

source as (

    {{ current_rows('hubspot', 'companies') }}

),

renamed as (

    select
        ---------- ids
        record_id as company_id,

        ---------- text
        name as company_name,
        lower(trim(domain)) as domain,
        industry,

        ---------- numbers
        try_cast(replace({{ to_half_width('number_of_employees') }}, ',', '') as integer) as employee_count,

        ---------- times
        {{ to_utc(parse_local_timestamp('create_date')) }} as created_at,

        ---------- text of casts, to show a failed one
        number_of_employees,
        create_date,

        ---------- origin
        _file_name,
        _row_number
    from source

)

select * from renamed
