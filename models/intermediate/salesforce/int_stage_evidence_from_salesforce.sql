{{ config(enabled='salesforce' in var('sources')) }}

-- What Salesforce knows of stages, of records that are known and not deleted. History stays evidence
-- of the record that a merged one became.

with

leads as (

    select * from {{ ref('stg_salesforce__leads') }}
    where not is_deleted or merged_into_lead_id is not null

),

opportunities as (

    select * from {{ ref('stg_salesforce__opportunities') }}
    where not is_deleted

),

lead_evidence as (

    select evidence.*
    from {{ ref('int_lead_evidence_gathered') }} as evidence
    inner join leads on evidence.lead_id = leads.lead_id

),

opportunity_evidence as (

    select evidence.*
    from {{ ref('int_opportunity_evidence_gathered') }} as evidence
    inner join opportunities on evidence.opportunity_id = opportunities.opportunity_id

)

select
    'salesforce' as source,
    'person' as entity_type,
    lead_id as source_entity_id,
    source_field,
    source_value,
    entered_at,
    is_date_only,
    source_field = 'lead_status' as is_history
from lead_evidence
union all
select
    'salesforce' as source,
    'opportunity' as entity_type,
    opportunity_id as source_entity_id,
    source_field,
    source_value,
    entered_at,
    is_date_only,
    source_field = 'opportunity_stage' as is_history
from opportunity_evidence
