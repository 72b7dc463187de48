{{ config(enabled='salesforce' in var('sources')) }}

-- Salesforce opportunities in the shape of the input `opportunities`. The close date has no time: it
-- stands for the beginning of that day in the business time zone.

with

opportunities as (

    select * from {{ ref('stg_salesforce__opportunities') }}
    where not is_deleted

),

people as (

    select * from {{ ref('int_opportunity_people_decided') }}

),

campaigns as (

    select * from {{ ref('stg_salesforce__campaigns') }}
    where not is_deleted

)

select
    'salesforce' as source,
    opportunities.opportunity_id as source_opportunity_id,
    people.source_person_id,
    people.person_rule,
    opportunities.account_id as source_account_id,
    opportunities.owner_id as source_owner_id,
    campaigns.campaign_name as campaign,
    'opportunity_stage' as source_field,
    opportunities.opportunity_stage as source_value,
    opportunities.opportunity_amount as amount,
    coalesce(opportunities.currency, '{{ var("currency") }}') as currency,
    opportunities.created_at,
    {{ to_utc('cast(opportunities.closing_date as timestamp)') }} as close_at
from opportunities
left join people on opportunities.opportunity_id = people.opportunity_id
left join campaigns on opportunities.campaign_id = campaigns.campaign_id
