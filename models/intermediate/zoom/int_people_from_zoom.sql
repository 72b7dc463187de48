{{ config(enabled='zoom' in var('sources')) }}

-- Registrants of webinars in the shape of the input `people`, with the name that they registered, since
-- the one shown in the room may change while it lasts.

with

attendees as (

    select
        *,
        coalesce(registered_at, joined_at, webinar_at) as known_at
    from {{ ref('stg_zoom__attendees') }}
    where email is not null

)

select
    'zoom' as source,
    email as source_person_id,
    email,
    arg_min(family_name, known_at) as family_name,
    arg_min(given_name, known_at) as given_name,
    coalesce(
        arg_min(concat_ws(' ', given_name, family_name), known_at) filter (where given_name is not null or family_name is not null),
        arg_min(user_name, known_at)
    ) as full_name,
    arg_min(company_name, known_at) as company_name,
    arg_min(phone, known_at) as phone,
    'seminar' as channel,
    min(known_at) as created_at
from attendees
group by email
