{{ config(enabled='snowplow' in var('sources')) }}

-- Snowplow events in the shape of the input `web_events`, without known robots and, where the
-- option `app_ids` names sites, of those sites only. Snowplow has no flag of engaged sessions, so GA4's rule
-- decides. Only an entry names a channel: a click id, a medium of the address, or the site before; pages
-- reached from the own site have none.

{% set app_ids = source_option('snowplow', 'app_ids') %}

with

events as (

    select * from {{ ref('stg_snowplow__events') }}
    where
        not is_bot
        and (
            '{{ app_ids }}' = ''
            or list_contains(regexp_split_to_array('{{ app_ids }}', ' *, *'), app_id)
        )

),

mediums as (

    select * from {{ ref('channel_mapping') }}
    where source = 'web'

),

referrers as (

    select * from {{ ref('channel_mapping') }}
    where source = 'snowplow'

)

select
    'snowplow' as source,
    events.web_client_id,
    events.session_key as source_session_id,
    events.user_id as web_user_id,
    events.page_view_id,
    events.event_name,
    events.occurred_at,
    {{ to_local_date('events.occurred_at', source_option('snowplow', 'property_timezone')) }} as event_date,
    coalesce(events.traffic_source, events.referrer_source) as traffic_source,
    events.traffic_medium,
    events.campaign,
    case
        when events.traffic_medium is not null then coalesce(mediums.channel, 'other')
        when events.click_id is not null then 'paid_search'
        when events.referrer_medium != 'internal' then coalesce(referrers.channel, 'referral')
    end as channel
from events
left join mediums on lower(events.traffic_medium) = mediums.source_value
left join referrers on events.referrer_medium = referrers.source_value
where events.occurred_at is not null
