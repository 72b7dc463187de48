{{ config(enabled='salesforce' in var('sources')) }}

-- Members of Salesforce campaigns who responded, in the shape of the input `campaign_responses`. The day of
-- the first response counts, where none is known the time at which the member was added. The channel is that
-- of the campaign's type.

with

responses as (

    select * from {{ ref('int_campaign_people_deduplicated') }}
    where has_responded

),

campaigns as (

    select * from {{ ref('stg_salesforce__campaigns') }}
    where not is_deleted

),

channels as (

    select * from {{ ref('channel_mapping') }}
    where source = 'salesforce_campaign'

)

select
    responses.source,
    responses.campaign_id || ':' || responses.source_person_id as response_id,
    responses.source_person_id,
    responses.campaign_id,
    campaigns.campaign_name as campaign,
    campaigns.campaign_type,
    coalesce(channels.channel, 'other') as channel,
    coalesce({{ to_utc('cast(responses.first_response_date as timestamp)') }}, responses.added_at) as responded_at,
    responses.first_response_date is not null as is_date_only
from responses
left join campaigns on responses.campaign_id = campaigns.campaign_id
left join channels on lower(campaigns.campaign_type) = lower(channels.source_value)
where coalesce(responses.first_response_date, cast(responses.added_at as date)) is not null
