{{ config(enabled='seminars' in var('sources')) }}

-- Attendance lists in the shape of the input `attendances`.

with

attendances as (

    select * from {{ ref('stg_seminars__attendances') }}

)

select
    'seminars' as source,
    seminar_id,
    email as source_person_id,
    has_attended,
    registration_at as registered_at,
    seminar_date,
    follow_up_date
from attendances
where email is not null
