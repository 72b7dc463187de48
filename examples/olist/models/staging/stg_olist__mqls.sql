with

source as (

    {{ current_rows('olist', 'mqls') }}

),

renamed as (

    select
        ---------- ids
        mql_id,

        ---------- text; no origin and the origin `unknown` are two things
        coalesce({{ no_placeholder('origin') }}, 'not recorded') as origin,

        ---------- times
        {{ source_timestamp('olist', 'first_contact_date') }} as first_contact_at,

        ---------- text of casts, to show a failed one
        first_contact_date,

        ---------- origin of the row
        _file_name,
        _row_number
    from source

)

select * from renamed
