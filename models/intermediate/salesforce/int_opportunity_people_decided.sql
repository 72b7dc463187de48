{{ config(enabled='salesforce' in var('sources')) }}

-- The person of each Salesforce opportunity: its contact, else the contact in the primary role, else
-- the one that was given a role first, else the lead that it came of. Only records that are known or were
-- merged into others, which stand for them.

with

contacts as (

    select * from {{ ref('stg_salesforce__contacts') }}
    where not is_deleted or merged_into_contact_id is not null

),

named as (

    select
        opportunities.opportunity_id,
        contacts.contact_id as source_person_id,
        'association' as person_rule,
        1 as priority,
        cast(null as timestamp) as named_at
    from {{ ref('stg_salesforce__opportunities') }} as opportunities
    inner join contacts on opportunities.contact_id = contacts.contact_id
    union all
    select
        roles.opportunity_id,
        contacts.contact_id as source_person_id,
        'contact_role' as person_rule,
        case when roles.is_primary then 2 else 3 end as priority,
        roles.created_at as named_at
    from {{ ref('stg_salesforce__opportunity_contact_roles') }} as roles
    inner join contacts on roles.contact_id = contacts.contact_id
    where not roles.is_deleted
    union all
    select
        converted_opportunity_id as opportunity_id,
        lead_id as source_person_id,
        'conversion' as person_rule,
        4 as priority,
        created_at as named_at
    from {{ ref('stg_salesforce__leads') }}
    where converted_opportunity_id is not null and (not is_deleted or merged_into_lead_id is not null)

)

select
    opportunity_id,
    arg_min(source_person_id, (priority, coalesce(named_at, timestamp 'infinity'), source_person_id)) as source_person_id,
    arg_min(person_rule, (priority, coalesce(named_at, timestamp 'infinity'), source_person_id)) as person_rule
from named
group by opportunity_id
