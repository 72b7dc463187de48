{{ config(enabled='zoom' in var('sources')) }}

-- Webinar registrations in the shape of the input `attendances`. Who has no address (a caller by
-- telephone) cannot be told from others and is left out.

with

attendees as (

    select * from {{ ref('stg_zoom__attendees') }}
    where email is not null

),

presences as (

    select
        webinar_id,
        webinar_date,
        email,
        sum(date_diff('second', joined_at, left_at)) / 60 as attended_minutes
    from {{ ref('int_zoom_presences_merged') }}
    group by webinar_id, webinar_date, email

),

registrations as (

    select
        webinar_id,
        webinar_date,
        email,
        bool_or(has_attended) as has_attended,
        min(coalesce(registered_at, joined_at)) as registered_at
    from attendees
    group by webinar_id, webinar_date, email

)

select
    'zoom' as source,
    'zoom-' || registrations.webinar_id || strftime(registrations.webinar_date, '-%Y-%m-%d') as seminar_id,
    registrations.email as source_person_id,
    registrations.has_attended,
    registrations.registered_at,
    registrations.webinar_date as seminar_date,
    coalesce(presences.attended_minutes, 0) as attended_minutes
from registrations
left join presences
    on
        registrations.webinar_id = presences.webinar_id
        and registrations.webinar_date = presences.webinar_date
        and registrations.email = presences.email
