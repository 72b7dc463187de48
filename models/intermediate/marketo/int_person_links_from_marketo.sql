{{ config(enabled='marketo' in var('sources')) }}

-- The Salesforce lead and contact that a Marketo lead is synchronised with, in the shape of the input
-- `person_links`.

with

leads as (

    select * from {{ ref('stg_marketo__leads') }}

),

links as (

    select
        lead_id,
        unnest([salesforce_lead_id, salesforce_contact_id]) as linked_person_id
    from leads

)

select
    'marketo' as source,
    lead_id as source_person_id,
    'salesforce' as linked_source,
    linked_person_id
from links
where linked_person_id is not null
