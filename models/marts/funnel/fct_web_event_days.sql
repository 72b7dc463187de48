{{ config(
    materialized='incremental', incremental_strategy='replace_changed', on_schema_change='fail',
    unique_key='event_date', changes='int_web_days_changed'
) }}
-- changes: {{ changes_model('int_web_days_changed') }}

with

events as (

    {{ union_inputs('web_events', {
        'source': 'varchar', 'web_client_id': 'varchar', 'source_session_id': 'varchar',
        'event_name': 'varchar', 'event_date': 'date'
    }) }}

),

placed as (

    select
        source,
        event_date,
        event_name,
        case
            when source_session_id is not null then 'session'
            when web_client_id is null then 'no_consent'
            when source in ('{{ timeout_sources() | join("', '") }}') then 'session'
            else 'no_session_key'
        end as placement
    from events
    where event_date <= {{ as_of() }} and {{ only_changed('int_web_days_changed', 'event_date') }}

)

select
    source || ':' || cast(event_date as varchar) as web_event_day_id,
    source,
    event_date,
    'unattributed' as channel,
    count(*) as event_count,
    count(*) filter (where placement = 'session') as session_event_count,
    count(*) filter (where placement = 'no_consent') as consentless_event_count,
    count(*) filter (where placement = 'no_session_key') as keyless_event_count,
    count(*) filter (where placement = 'no_consent' and event_name in ('page_view', 'screen_view')) as consentless_page_view_count
from placed
group by source, event_date
