{{ config(enabled='meta_ads' in var('sources')) }}

-- Cells of Meta Ads reports whose text is no date or number.

with

failures as (

    {{ cast_failures('meta_ads', 'campaign_costs', ref('stg_meta_ads__campaign_costs'), {
        'day': 'cost_date', 'amount_spent': 'cost_amount', 'impressions': 'impression_count'
    }) }}

)

select * from failures
