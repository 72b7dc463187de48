with

sessions as (

    select * from {{ ref('int_sessions_built') }}

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
    campaign
from sessions
