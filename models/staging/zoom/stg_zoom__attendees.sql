{{ config(enabled='zoom' in var('sources'), materialized='table') }}

with

source as (

    {{ current_rows('zoom', 'attendees') }}

),

renamed as (

    select
        ---------- ids
        regexp_replace(webinar_id, '[^0-9]', '', 'g') as webinar_id,
        {{ normalise_email('email') }} as email,

        ---------- text
        replace({{ clean_text('topic') }}, '""', '"') as topic,
        {{ no_placeholder('user_name') }} as user_name,
        {{ no_placeholder('first_name') }} as given_name,
        {{ no_placeholder('last_name') }} as family_name,
        {{ no_placeholder('company_name') }} as company_name,
        {{ normalise_phone(no_placeholder('phone')) }} as phone,
        {{ no_placeholder('approval_status') }} as approval_status,
        {{ no_placeholder('country') }} as country,
        _extra as answers,

        ---------- booleans
        {{ parse_boolean('attended') }} as has_attended,
        {{ parse_boolean('is_guest') }} as is_guest,

        ---------- times, wall clock of the account made UTC, and dates
        {{ source_timestamp('zoom', 'started_at') }} as webinar_at,
        {{ source_date('zoom', 'started_at') }} as webinar_date,
        {{ source_timestamp('zoom', 'registration_time') }} as registered_at,
        {{ source_timestamp('zoom', 'join_time') }} as joined_at,
        {{ source_timestamp('zoom', 'leave_time') }} as left_at,

        ---------- text of casts, to show a failed one
        email as email_text,
        webinar_id as webinar_id_text,
        attended,
        started_at,
        registration_time,
        join_time,
        leave_time,

        ---------- origin
        _file_name,
        _row_number,
        _load_seq
    from source

),

newest as (

    {{ newest_report('renamed', ['webinar_id', 'webinar_at'], ['started_at', 'webinar_id_text']) }}

)

select * from newest
