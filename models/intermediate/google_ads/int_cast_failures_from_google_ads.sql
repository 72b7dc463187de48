{{ config(enabled='google_ads' in var('sources')) }}

-- Cells of Google Ads reports whose text is no date or number.

with

failures as (

    {{ cast_failures('google_ads', 'campaign_costs', ref('stg_google_ads__campaign_costs'), {
        'day': 'cost_date', 'cost': 'cost_amount', 'impressions': 'impression_count', 'clicks': 'click_count'
    }) }}

)

select * from failures
