{{ config(materialized='view') }}

-- One row per web event that belongs to a session, with the session's key: the source's own, or of sources
-- that have none (option `session_rule`) the client and a number that rises after 30 minutes of silence.
-- A view, so that the events are read once, into sessions. Events without a client or key are in no session.
-- Sessions of one `session_key` change together: a session of the source's key, or all of a client that are cut.

{%- set sources_cut = timeout_sources() %}

with

events as (

    {{ union_inputs('web_events', {
        'source': 'varchar', 'web_client_id': 'varchar', 'source_session_id': 'varchar',
        'event_name': 'varchar', 'occurred_at': 'timestamp', 'event_date': 'date',
        'is_engaged': 'boolean', 'traffic_source': 'varchar', 'traffic_medium': 'varchar',
        'campaign': 'varchar', 'channel': 'varchar'
    }) }}

),

gapped as (

    select
        *,
        case
            when
                occurred_at - lag(occurred_at) over (partition by source, web_client_id order by occurred_at)
                < interval ({{ var('session_timeout_minutes', 30) }}) minute
                then 0
            else 1
        end as begins_session
    from events
    where
        source_session_id is null
        and web_client_id is not null
        and {{ "source in ('" ~ sources_cut | join("', '") ~ "')" if sources_cut else 'false' }}

),

cut as (

    -- Events of one instant are peers of the window, so their order does not matter.
    select
        *,
        sum(begins_session) over (partition by source, web_client_id order by occurred_at) as session_number
    from gapped

),

keyed as (

    select
        *,
        source || ':' || source_session_id as session_key,
        false as is_cut
    from events
    where source_session_id is not null
    union all
    select
        * exclude (begins_session, session_number)
        replace (web_client_id || '@' || cast(session_number as varchar) as source_session_id),
        source || ':@' || web_client_id as session_key,
        true as is_cut
    from cut

)

select * from keyed
