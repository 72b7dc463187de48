-- One row per web session. Events without a session key (no consent) are in no session.

with

events as (

    {{ union_inputs('web_events', {
        'source': 'varchar', 'web_client_id': 'varchar', 'source_session_id': 'varchar',
        'event_name': 'varchar', 'occurred_at': 'timestamp', 'event_date': 'date',
        'is_engaged': 'boolean', 'campaign': 'varchar', 'channel': 'varchar'
    }) }}

),

sessions as (

    select
        source,
        source_session_id,
        min(web_client_id) as web_client_id,
        min(occurred_at) as started_at,
        max(occurred_at) as ended_at,
        min(event_date) as session_date,
        bool_or(is_engaged) as is_engaged,
        count(*) as event_count,
        arg_min(channel, occurred_at) filter (where channel is not null) as channel,
        arg_min(campaign, occurred_at) filter (where campaign is not null) as campaign
    from events
    where source_session_id is not null
    group by source, source_session_id

),

web_clients as (

    select * from {{ ref('int_web_clients_linked') }}

)

select
    {{ pseudonymise("sessions.source || ':session:' || sessions.source_session_id") }} as session_id,
    {{ pseudonymise("sessions.source || ':client:' || sessions.web_client_id") }} as visitor_id,
    web_clients.person_id,
    sessions.started_at,
    sessions.ended_at,
    sessions.session_date,
    coalesce(sessions.is_engaged, false) as is_engaged,
    sessions.event_count,
    coalesce(sessions.channel, 'direct') as channel,
    sessions.campaign
from sessions
left join web_clients on sessions.web_client_id = web_clients.web_client_id
where sessions.session_date <= {{ as_of() }}
