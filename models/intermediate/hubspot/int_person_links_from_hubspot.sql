{{ config(enabled='hubspot' in var('sources'), materialized='view') }}

-- The Salesforce lead and contact that a HubSpot contact is synchronised with, in the shape of the input
-- `person_links`.

with

contacts as (

    select * from {{ ref('stg_hubspot__contacts') }}

),

links as (

    select
        contact_id,
        unnest([salesforce_lead_id, salesforce_contact_id]) as linked_person_id
    from contacts

)

select
    'hubspot' as source,
    contact_id as source_person_id,
    'salesforce' as linked_source,
    linked_person_id
from links
where linked_person_id is not null
