{{ config(enabled='seminars' in var('sources')) }}

with

source as (

    {{ current_rows('seminars', 'attendances') }}

),

renamed as (

    select
        ---------- ids
        strftime(_extracted_at, 'seminar-%Y-%m-%d') as seminar_id,

        ---------- text
        {{ normalise_email('email') }} as email,

        ---------- booleans
        trim(attended) in ('○', '◯', '参加', 'Yes', 'yes') as has_attended,

        ---------- times, wall clock made UTC, and dates
        {{ to_utc(parse_local_timestamp('registered_at')) }} as registration_at,
        _extracted_at as seminar_date,
        {{ parse_date('followed_up_date') }} as follow_up_date,

        ---------- text of casts, to show a failed one
        registered_at,
        followed_up_date,

        ---------- origin
        _file_name,
        _row_number
    from source

)

select * from renamed
