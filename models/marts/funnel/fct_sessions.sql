{{ config(
    materialized='incremental', incremental_strategy='replace_changed', on_schema_change='fail',
    unique_key='coalesce(person_id, visitor_id)', changes='int_visitors_changed', changed_key='entity_id'
) }}
-- changes: {{ changes_model('int_visitors_changed') }}

with

sessions as (

    select * from {{ ref('int_sessions_attributed') }}

)

select
    session_id,
    visitor_id,
    person_id,
    started_at,
    ended_at,
    session_date,
    is_engaged,
    event_count,
    channel,
    campaign,
    source,
    page_view_count,
    key_event_count,
    last_non_direct_channel,
    last_non_direct_campaign
from sessions
