-- One row per source record of a person, with the person it belongs to and the company: the account
-- that the source names, else the one whose domain the e-mail address has.

with

people as (

    select * from {{ ref('int_people_unioned') }}

),

clusters as (

    select * from {{ ref('int_people_clusters') }}

),

accounts as (

    select * from {{ ref('int_accounts_identified') }}

),

domains as (

    select
        domain,
        any_value(account_id) as account_id
    from accounts
    where domain is not null
    group by domain

)

select
    people.source,
    people.source_person_id,
    people.record_id,
    clusters.person_id,
    clusters.rule as identity_rule,
    coalesce({{ account_of('people', 'accounts') }}, domains.account_id) as account_id,
    people.web_client_id,
    people.web_user_id,
    people.channel,
    {{ pseudonymise("people.source || ':owner:' || people.source_owner_id") }} as owner_id,
    people.rejection_reason,
    people.created_at
from people
inner join clusters on people.record_id = clusters.record_id
left join accounts on people.source = accounts.source and people.source_account_id = accounts.source_account_id
left join domains on people.company_domain = domains.domain
