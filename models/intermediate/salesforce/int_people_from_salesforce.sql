{{ config(enabled='salesforce' in var('sources')) }}

-- Salesforce leads and contacts in the shape of the input `people`. A converted lead and its contact
-- are two records here; int_merged_ids_from_salesforce makes them one person.

with

leads as (

    select * from {{ ref('stg_salesforce__leads') }}
    where not is_deleted

),

contacts as (

    select * from {{ ref('stg_salesforce__contacts') }}
    where not is_deleted

),

channels as (

    select * from {{ ref('channel_mapping') }}
    where source = 'salesforce'

),

people as (

    select
        lead_id as source_person_id,
        email,
        web_client_id,
        web_user_id,
        converted_account_id as source_account_id,
        owner_id as source_owner_id,
        disqualified_reason as rejection_reason,
        lead_source,
        created_at,
        given_name,
        family_name,
        full_name,
        company_name,
        phone
    from leads
    union all
    select
        contacts.contact_id as source_person_id,
        contacts.email,
        contacts.web_client_id,
        contacts.web_user_id,
        contacts.account_id as source_account_id,
        contacts.owner_id as source_owner_id,
        null as rejection_reason,
        contacts.lead_source,
        contacts.created_at,
        contacts.given_name,
        contacts.family_name,
        contacts.full_name,
        coalesce(contacts.company_name, accounts.company_name) as company_name,
        contacts.phone
    from contacts
    left join {{ ref('stg_salesforce__accounts') }} as accounts on contacts.account_id = accounts.account_id

)

select
    'salesforce' as source,
    people.source_person_id,
    people.email,
    people.web_client_id,
    people.web_user_id,
    people.source_account_id,
    people.source_owner_id,
    people.rejection_reason,
    coalesce(channels.channel, 'other') as channel,
    people.created_at,
    people.given_name,
    people.family_name,
    people.full_name,
    people.company_name,
    people.phone
from people
left join channels on lower(people.lead_source) = lower(channels.source_value)
