{{ config(enabled='google_ads' in var('sources')) }}

-- Google Ads costs in the shape of the input `costs`: finer reports are summed to campaign and day.

with

campaign_costs as (

    select * from {{ ref('stg_google_ads__campaign_costs') }}
    where cost_date is not null

)

select
    'google_ads' as source,
    '{{ source_option('google_ads', 'channel') }}' as channel,
    campaign_id,
    max(campaign) as campaign,
    currency,
    cost_date,
    sum(cost_amount) as cost_amount,
    sum(impression_count) as impression_count,
    sum(click_count) as click_count
from campaign_costs
group by campaign_id, currency, cost_date
