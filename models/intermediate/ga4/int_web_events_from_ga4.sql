{{ config(enabled='ga4' in var('sources'), materialized='view') }}

-- GA4 events in the shape of the input `web_events`. GA4's own session key is client id and
-- session id together; events without consent have neither and belong to no session.

with

events as (

    select * from {{ ref('stg_ga4__events') }}
    where occurred_at is not null and event_date is not null

),

channels as (

    select * from {{ ref('channel_mapping') }}
    where source = 'web'

)

select
    'ga4' as source,
    events.web_client_id,
    events.web_client_id || '.' || events.ga_session_id as source_session_id,
    events.user_id as web_user_id,
    events.event_name,
    events.occurred_at,
    events.event_date,
    events.is_engaged,
    events.traffic_source,
    events.traffic_medium,
    events.campaign,
    case
        when events.has_ad_click then 'paid_search'
        when events.traffic_medium is not null then coalesce(channels.channel, 'other')
    end as channel
from events
left join channels on lower(events.traffic_medium) = channels.source_value
