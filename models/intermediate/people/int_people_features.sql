-- What is compared to find people without a shared key: one row per source record, none while no
-- threshold is set. Personal, so it stays in the work database.

with

people as (

    select * from {{ ref('int_people_unioned') }}
    where {{ identity_match_threshold() }} > 0

),

cleaned as (

    select
        record_id,
        {{ normalise_person_name('given_name') }} as given_name,
        {{ normalise_person_name('family_name') }} as family_name,
        -- Written with its words in the order that the name's own script has.
        {{ normalise_person_name("coalesce(family_name || ' ' || given_name, full_name)") }} as full_name,
        {{ normalise_company('company_name') }} as company,
        company_domain,
        {{ normalise_phone('phone') }} as phone,
        case when not is_role_mailbox then email end as email
    from people

)

select
    *,
    split_part(email, '@', 1) as email_local_part
from cleaned
