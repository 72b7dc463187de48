{{ config(enabled='google_ads' in var('sources')) }}

-- Google Ads costs in the shape of the input `costs`.

with

campaign_costs as (

    select * from {{ ref('stg_google_ads__campaign_costs') }}

)

select
    'google_ads' as source,
    'paid_search' as channel,
    campaign_id,
    campaign,
    currency,
    cost_date,
    cost_amount,
    impression_count,
    click_count
from campaign_costs
