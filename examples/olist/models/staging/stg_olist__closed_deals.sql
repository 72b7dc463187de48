with

source as (

    {{ current_rows('olist', 'closed_deals') }}

),

renamed as (

    select
        ---------- ids
        mql_id,

        ---------- times; these are in UTC
        {{ parse_timestamp('won_date', 'UTC') }} as won_at,

        ---------- text of casts, to show a failed one
        won_date,

        ---------- origin of the row
        _file_name,
        _row_number
    from source

)

select * from renamed
