-- One row per web session with what its events say, in one pass over the events. A session is one by the
-- source's own key; of sources that have none (option `session_rule`), a client's events belong to one
-- session until nothing happens for 30 minutes. A session that crosses midnight stays one, of the day on
-- which it began in the property's time zone. Events without a client or key are in no session.

{%- set sources_cut = timeout_sources() %}
{%- set columns = 'source, web_client_id, source_session_id, event_name, occurred_at, event_date, is_engaged, '
    ~ 'traffic_source, traffic_medium, campaign, channel' %}

with

events as (

    {{ union_inputs('web_events', {
        'source': 'varchar', 'web_client_id': 'varchar', 'source_session_id': 'varchar',
        'event_name': 'varchar', 'occurred_at': 'timestamp', 'event_date': 'date',
        'is_engaged': 'boolean', 'traffic_source': 'varchar', 'traffic_medium': 'varchar',
        'campaign': 'varchar', 'channel': 'varchar'
    }) }}

),

keyed as (

    select
        {{ columns }},
        cast(null as bigint) as session_number
    from events
    where source_session_id is not null
    {%- if sources_cut %}
    union all
    select
        {{ columns }},
        -- Events of one instant are peers of the window, so their order does not matter.
        sum(begins_session) over (partition by source, web_client_id order by occurred_at) as session_number
    from (
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
            and source in ('{{ sources_cut | join("', '") }}')
    ) as cut
    {%- endif %}

),

gathered as (

    select
        source,
        source_session_id,
        session_number,
        min(web_client_id) as web_client_id,
        min(occurred_at) as started_at,
        max(occurred_at) as ended_at,
        min(event_date) as session_date,
        bool_or(is_engaged) as is_engaged_by_source,
        count(*) as event_count,
        count(*) filter (where event_name in ('page_view', 'screen_view')) as page_view_count,
        count(*) filter (where event_name in ({{ key_event_names() }})) as key_event_count,
        -- The whole entry is compared, so that of two at one instant the same one counts in every run.
        min(struct_pack(occurred_at, channel, traffic_source, traffic_medium)) filter (where channel is not null) as entry,
        min(struct_pack(occurred_at, campaign)) filter (where campaign is not null) as named
    from keyed
    group by source, source_session_id, session_number, case when session_number is not null then web_client_id end

)

select
    * exclude (entry, named, source_session_id, session_number),
    coalesce(source_session_id, web_client_id || '@' || cast(epoch_us(started_at) as varchar)) as source_session_id,
    entry.channel as channel,
    entry.traffic_source as traffic_source,
    entry.traffic_medium as traffic_medium,
    named.campaign as campaign
from gathered
