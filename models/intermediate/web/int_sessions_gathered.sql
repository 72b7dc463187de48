{{ config(
    materialized='incremental', incremental_strategy='replace_changed', on_schema_change='fail',
    unique_key='session_key', changes='int_sessions_changed'
) }}
-- changes: {{ changes_model('int_sessions_changed') }}

-- One row per web session with what its events say, in one pass over the events. A session that crosses
-- midnight stays one, of the day on which it began in the property's time zone.

with

keyed as (

    select * from {{ ref('int_web_events_keyed') }}
    where {{ only_changed('int_sessions_changed', 'session_key') }}
    {%- if builds_increment() %}
        -- As constants, so that other days are not even read.
        {%- set days = run_query(
            "select min(first_date), max(last_date) from " ~ ref('int_sessions_changed')
        ).rows[0] %}
        and event_date between {{ "date '" ~ days[0] ~ "' and date '" ~ days[1] ~ "'" if days[0] else "null and null" }}
    {%- endif %}

),

gathered as (

    select
        source,
        source_session_id,
        session_key,
        is_cut,
        min(web_client_id) as web_client_id,
        min(occurred_at) as started_at,
        max(occurred_at) as ended_at,
        min(event_date) as session_date,
        max(event_date) as last_date,
        bool_or(is_engaged) as is_engaged_by_source,
        count(*) as event_count,
        count(*) filter (where event_name in ('page_view', 'screen_view')) as page_view_count,
        count(*) filter (where event_name in ({{ key_event_names() }})) as key_event_count,
        -- The whole entry is compared: of two at one instant the same one counts in every run.
        min((occurred_at, channel, traffic_source, traffic_medium)) filter (where channel is not null) as entry,
        min((occurred_at, campaign)) filter (where campaign is not null) as named
    from keyed
    group by source, source_session_id, session_key, is_cut

)

select
    * exclude (source_session_id, is_cut, entry, named),
    case when is_cut then web_client_id || '@' || cast(epoch_us(started_at) as varchar) else source_session_id end
        as source_session_id,
    entry[2] as channel,
    entry[3] as traffic_source,
    entry[4] as traffic_medium,
    named[2] as campaign
from gathered
