{{ config(enabled='salesforce' in var('sources')) }}

-- Salesforce ids that stand for another record: merged ones (MasterRecordId) and converted leads,
-- each of which is the same person as the contact that it became.

with

merged as (

    select
        'person' as entity_type,
        lead_id as merged_id,
        coalesce(merged_into_lead_id, converted_contact_id) as surviving_id
    from {{ ref('stg_salesforce__leads') }}
    union all
    select
        'person' as entity_type,
        contact_id as merged_id,
        merged_into_contact_id as surviving_id
    from {{ ref('stg_salesforce__contacts') }}
    union all
    select
        'account' as entity_type,
        account_id as merged_id,
        merged_into_account_id as surviving_id
    from {{ ref('stg_salesforce__accounts') }}

)

select
    'salesforce' as source,
    entity_type,
    merged_id,
    surviving_id
from merged
where surviving_id is not null and surviving_id != merged_id
