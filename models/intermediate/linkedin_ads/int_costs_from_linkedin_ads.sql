{{ config(enabled='linkedin_ads' in var('sources')) }}

-- LinkedIn Ads costs in the shape of the input `costs`: finer reports are summed to campaign and day.

with

campaign_costs as (

    select * from {{ ref('stg_linkedin_ads__campaign_costs') }}
    where cost_date is not null

)

select
    'linkedin_ads' as source,
    '{{ source_option('linkedin_ads', 'channel') }}' as channel,
    campaign_id,
    max(campaign) as campaign,
    currency,
    cost_date,
    sum(cost_amount) as cost_amount,
    sum(impression_count) as impression_count,
    sum(click_count) as click_count
from campaign_costs
group by campaign_id, currency, cost_date
