{{ config(enabled='zoom' in var('sources')) }}

with

source as (

    {{ current_rows('zoom', 'hosts') }}

),

renamed as (

    select
        ---------- ids
        regexp_replace(webinar_id, '[^0-9]', '', 'g') as webinar_id,
        {{ normalise_email('email') }} as email,

        ---------- text
        {{ no_placeholder('user_name') }} as user_name,

        ---------- booleans
        {{ parse_boolean('attended') }} as has_attended,

        ---------- times, wall clock of the account made UTC, and dates
        {{ source_date('zoom', 'started_at') }} as webinar_date,
        {{ source_timestamp('zoom', 'join_time') }} as joined_at,
        {{ source_timestamp('zoom', 'leave_time') }} as left_at
    from source

)

select * from renamed
