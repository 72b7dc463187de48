{{ config(enabled='salesforce' in var('sources')) }}

-- One row per Salesforce campaign and person. A member that was added as a lead, and the row that
-- carries lead and contact after the conversion, are one person: the contact.

with

members as (

    select * from {{ ref('stg_salesforce__campaign_members') }}
    where not is_deleted

),

leads as (

    select * from {{ ref('stg_salesforce__leads') }}

),

keyed as (

    select
        members.*,
        coalesce(members.contact_id, leads.converted_contact_id, members.lead_id) as source_person_id
    from members
    left join leads on members.lead_id = leads.lead_id

)

select
    'salesforce' as source,
    campaign_id,
    source_person_id,
    bool_or(has_responded) as has_responded,
    arg_max(member_status, (has_responded, created_at)) as member_status,
    min(created_at) as added_at,
    min(first_response_date) as first_response_date
from keyed
where source_person_id is not null
group by campaign_id, source_person_id
