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
        {{ clean_text('family_name') }} as family_name,
        {{ clean_text('given_name') }} as given_name,
        coalesce(
            {{ clean_text('full_name') }},
            {{ clean_text("concat_ws(' ', family_name, given_name)") }}
        ) as full_name,
        {{ no_placeholder('company_name') }} as company_name,

        ---------- booleans
        {{ parse_boolean('attended') }} as has_attended,

        ---------- times, wall clock made UTC, and dates
        {{ source_timestamp('seminars', 'registered_at') }} as registration_at,
        _extracted_at as seminar_date,
        {{ source_date('seminars', 'followed_up_date') }} as follow_up_date,

        ---------- text of casts, to show a failed one
        email as email_text,
        attended,
        registered_at,
        followed_up_date,

        ---------- origin
        _file_name,
        _row_number
    from source

)

select * from renamed
