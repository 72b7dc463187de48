{{ config(enabled='linkedin_ads' in var('sources')) }}

-- Cells of LinkedIn Ads reports whose text is no date or number.

with

failures as (

    {{ cast_failures('linkedin_ads', 'campaign_costs', ref('stg_linkedin_ads__campaign_costs'), {
        'start_date': 'cost_date', 'total_spent': 'cost_amount', 'impressions': 'impression_count', 'clicks': 'click_count'
    }) }}

)

select * from failures
