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
    arg_max(family_name, registration_at) as family_name,
    arg_max(given_name, registration_at) as given_name,
    arg_max(full_name, registration_at) as full_name,
    arg_max(company_name, registration_at) as company_name,
    'seminar' as channel,
    min(registration_at) as created_at
from attendances
group by email
