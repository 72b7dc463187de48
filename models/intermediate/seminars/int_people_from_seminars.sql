{{ config(enabled='seminars' in var('sources')) }}

-- People on attendance lists in the shape of the input `people`.

with

attendances as (

    select * from {{ ref('stg_seminars__attendances') }}
    where email is not null

)

select
    'seminars' as source,
    email as source_person_id,
    email,
    'seminar' as channel,
    min(registration_at) as created_at
from attendances
group by email
