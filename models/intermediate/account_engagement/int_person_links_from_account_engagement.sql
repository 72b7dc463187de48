{{ config(enabled='account_engagement' in var('sources')) }}

-- The Salesforce lead and contact that a prospect is synchronised with, in the shape of the input
-- `person_links`; prospects in the recycle bin are left out.

with

prospects as (

    select * from {{ ref('stg_account_engagement__prospects') }}
    where not is_deleted

),

links as (

    select
        prospect_id,
        unnest([salesforce_lead_id, salesforce_contact_id]) as linked_person_id
    from prospects

)

select
    'account_engagement' as source,
    prospect_id as source_person_id,
    'salesforce' as linked_source,
    linked_person_id
from links
where linked_person_id is not null
