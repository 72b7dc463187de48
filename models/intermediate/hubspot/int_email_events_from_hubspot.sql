{{ config(enabled='hubspot' in var('sources')) }}

-- E-mail events of people: without those that HubSpot takes for bots or for the own company, and those
-- that a later event made void.

with

events as (

    select * from {{ ref('stg_hubspot__email_events') }}
    where not is_filtered and obsoleted_by_event_id is null

)

select
    'hubspot' as source,
    event_id,
    event_type,
    recipient_email,
    email_campaign_id,
    sent_by_event_id,
    occurred_at
from events
