-- What is compared to find people without a shared key: one row per source record, none while no
-- threshold is set. Personal, so it stays in the work database. A company is known by its domain: that of
-- the e-mail address, else the one domain that people and accounts with the company's name have.

with

people as (

    select * from {{ ref('int_people_unioned') }}
    where {{ identity_match_threshold() }} > 0

),

accounts as (

    select * from {{ ref('int_accounts_unioned') }}

),

cleaned as materialized (

    select
        record_id,
        {{ normalise_person_name('given_name') }} as given_name,
        {{ normalise_person_name('family_name') }} as family_name,
        {{ normalise_person_name("coalesce(family_name || ' ' || given_name, full_name)") }} as full_name,
        {{ normalise_company('company_name') }} as company,
        company_domain,
        {{ normalise_phone('phone') }} as phone,
        case when not is_role_mailbox then email end as email
    from people

),

named as (

    select
        company,
        company_domain
    from cleaned
    union
    select
        company,
        domain as company_domain
    from accounts

),

domains as (

    select
        company,
        min(company_domain) as company_domain
    from named
    where company is not null
    group by company
    having count(distinct company_domain) = 1

)

select
    cleaned.record_id,
    cleaned.given_name,
    cleaned.family_name,
    cleaned.full_name,
    cleaned.company,
    coalesce(cleaned.company_domain, domains.company_domain, cleaned.company) as company_key,
    cleaned.phone,
    cleaned.email,
    split_part(cleaned.email, '@', 1) as email_local_part
from cleaned
left join domains on cleaned.company = domains.company
