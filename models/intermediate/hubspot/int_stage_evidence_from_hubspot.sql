{{ config(enabled='hubspot' in var('sources'), materialized='view') }}

-- What HubSpot knows of stages. The same entry may be known from several places: the funnel takes the
-- earliest time. A current stage without a time shows values that no mapping knows.

with

contact_stages as (

    select * from {{ ref('int_contact_stages_gathered') }}

),

deal_stages as (

    select * from {{ ref('int_deal_stages_gathered') }}

),

evidence as (

    select
        'person' as entity_type,
        contact_id as source_entity_id,
        source_field,
        source_value,
        entered_at,
        is_date_only
    from contact_stages
    union all
    select
        'opportunity' as entity_type,
        deal_id as source_entity_id,
        'deal_stage' as source_field,
        deal_stage as source_value,
        entered_at,
        is_date_only
    from deal_stages

)

select
    'hubspot' as source,
    *,
    source_field in ('lifecycle_stage', 'deal_stage') as is_history
from evidence
