{{ config(enabled='account_engagement' in var('sources')) }}

-- Prospects of Account Engagement in the shape of the input `people`; those in the recycle bin are left out.
-- Prospect accounts are no accounts here: nothing but their id is exported.

with

prospects as (

    select * from {{ ref('stg_account_engagement__prospects') }}
    where not is_deleted

),

channels as (

    select * from {{ ref('channel_mapping') }}
    where source = 'account_engagement'

)

select
    'account_engagement' as source,
    prospects.prospect_id as source_person_id,
    prospects.email,
    coalesce(channels.channel, 'other') as channel,
    prospects.given_name,
    prospects.family_name,
    prospects.company_name,
    prospects.phone,
    prospects.created_at
from prospects
left join channels on lower(prospects.source_name) = lower(channels.source_value)
