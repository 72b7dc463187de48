{{ config(
    materialized='incremental', incremental_strategy='replace_changed', on_schema_change='fail',
    unique_key='session_key', changes='int_sessions_touched'
) }}
-- changes: {{ changes_model('int_sessions_touched') }}

-- One row per web session with its person and channel. The first rule of the seed `channel_rules` that the
-- session's source, medium and campaign meet decides its channel, else what its medium is mapped to.
-- A session without any source is direct. It is engaged by the source's own flag, else as GA4 counts: ten
-- seconds, two page views or a key event.

with

sessions as (

    select * from {{ ref('int_sessions_gathered') }}
    where session_date <= {{ as_of() }} and {{ only_changed('int_sessions_touched', 'session_key') }}

),

rules as (

    select * from {{ ref('channel_rules') }}

),

traffic as (

    select distinct
        traffic_source,
        traffic_medium,
        campaign
    from sessions
    where channel is not null

),

ruled as (

    select
        traffic.traffic_source,
        traffic.traffic_medium,
        traffic.campaign,
        arg_min(rules.channel, rules.position) as channel
    from traffic
    inner join rules on {{ meets_channel_rule('rules', 'traffic') }}
    group by traffic.traffic_source, traffic.traffic_medium, traffic.campaign

),

web_clients as (

    select * from {{ ref('int_web_clients_linked') }}

)

select
    {{ pseudonymise("sessions.source || ':session:' || sessions.source_session_id") }} as session_id,
    {{ pseudonymise("sessions.source || ':client:' || sessions.web_client_id") }} as visitor_id,
    web_clients.person_id,
    sessions.source,
    sessions.started_at,
    sessions.ended_at,
    sessions.session_date,
    coalesce(
        sessions.is_engaged_by_source,
        sessions.ended_at - sessions.started_at >= interval 10 second
        or sessions.page_view_count >= 2
        or sessions.key_event_count >= 1
    ) as is_engaged,
    sessions.event_count,
    sessions.page_view_count,
    sessions.key_event_count,
    case when sessions.channel is null then 'direct' else coalesce(ruled.channel, sessions.channel) end as channel,
    sessions.campaign,
    sessions.session_key
from sessions
left join ruled
    on
        sessions.traffic_source is not distinct from ruled.traffic_source
        and sessions.traffic_medium is not distinct from ruled.traffic_medium
        and sessions.campaign is not distinct from ruled.campaign
left join web_clients on sessions.web_client_id = web_clients.web_client_id
