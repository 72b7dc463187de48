{{ config(enabled='seminars' in var('sources')) }}

-- Attendance lists in the shape of the input `attendances`. An address that stands twice on a list,
-- once in capitals say, is one registration.

with

attendances as (

    select * from {{ ref('stg_seminars__attendances') }}

)

select
    'seminars' as source,
    seminar_id,
    email as source_person_id,
    bool_or(has_attended) as has_attended,
    min(registration_at) as registered_at,
    seminar_date,
    min(follow_up_date) as follow_up_date
from attendances
where email is not null
group by seminar_id, email, seminar_date
