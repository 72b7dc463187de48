{{ config(enabled='zoom' in var('sources')) }}

-- How long each attendee was in the room: the union of the times, since somebody with two devices is
-- there twice at once. A time that ends before it begins has no length.

with

segments as (

    select
        webinar_id,
        webinar_date,
        email,
        joined_at,
        left_at
    from {{ ref('stg_zoom__attendees') }}
    where email is not null and left_at > joined_at

),

begun as (

    select
        *,
        coalesce(joined_at > max(left_at) over (
            partition by webinar_id, webinar_date, email
            order by joined_at, left_at
            rows between unbounded preceding and 1 preceding
        ), true) as begins_presence
    from segments

),

numbered as (

    select
        *,
        count(*) filter (where begins_presence) over (
            partition by webinar_id, webinar_date, email
            order by joined_at, left_at
            rows between unbounded preceding and current row
        ) as presence_number
    from begun

)

select
    webinar_id,
    webinar_date,
    email,
    presence_number,
    min(joined_at) as joined_at,
    max(left_at) as left_at
from numbered
group by webinar_id, webinar_date, email, presence_number
