{{ config(enabled='snowplow' in var('sources')) }}

-- Snowplow events in the shape of the input `web_events`, without known robots and, where the
-- option `app_ids` names sites, of those sites only. A session counts as engaged, as in GA4, from its
-- second page view or its tenth second on. Only an entry names a channel: a click id, a medium of the
-- address, or the site before; pages reached from the own site have none.

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

measured as (

    select
        *,
        count(distinct page_view_id) over (partition by session_key) > 1
        or max(occurred_at) over (partition by session_key)
        - min(occurred_at) over (partition by session_key) >= interval 10 seconds as is_engaged
    from events

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
    measured.web_client_id,
    measured.session_key as source_session_id,
    measured.user_id,
    measured.page_view_id,
    measured.event_name,
    measured.occurred_at,
    {{ to_local_date('measured.occurred_at', source_option('snowplow', 'property_timezone')) }} as event_date,
    coalesce(measured.session_key is not null and measured.is_engaged, false) as is_engaged,
    coalesce(measured.traffic_source, measured.referrer_source) as traffic_source,
    measured.traffic_medium,
    measured.campaign,
    case
        when measured.traffic_medium is not null then coalesce(mediums.channel, 'other')
        when measured.click_id is not null then 'paid_search'
        when measured.referrer_medium != 'internal' then coalesce(referrers.channel, 'referral')
    end as channel
from measured
left join mediums on lower(measured.traffic_medium) = mediums.source_value
left join referrers on measured.referrer_medium = referrers.source_value
where measured.occurred_at is not null
