{{ config(enabled='hubspot' in var('sources'), materialized='view') }}

-- HubSpot deals in the shape of the input `opportunities`.

with

deals as (

    select * from {{ ref('stg_hubspot__deals') }}

)

select
    'hubspot' as source,
    deal_id as source_opportunity_id,
    contact_id as source_person_id,
    case when contact_id is not null then 'association' end as person_rule,
    company_id as source_account_id,
    deal_owner as source_owner_id,
    'deal_stage' as source_field,
    deal_stage as source_value,
    deal_amount as amount,
    coalesce(currency, '{{ var("currency") }}') as currency,
    created_at,
    close_at
from deals
