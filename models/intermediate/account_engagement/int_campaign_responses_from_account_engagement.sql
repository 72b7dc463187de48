{{ config(enabled='account_engagement' in var('sources')) }}

-- Webinars attended and events checked in at (activities 24 and 29), in the shape of the input
-- `campaign_responses`.

with

activities as (

    select * from {{ ref('stg_account_engagement__visitor_activities') }}
    where activity_type_id in (24, 29) and prospect_id is not null and occurred_at is not null

)

select
    'account_engagement' as source,
    activity_id as response_id,
    prospect_id as source_person_id,
    details as campaign,
    activity_name as campaign_type,
    'seminar' as channel,
    occurred_at as responded_at,
    false as is_date_only
from activities
