-- depends_on: {{ ref('int_web_dates_changed') }} {{ ref('int_web_events_keyed') }}
-- One row per session key whose events changed since the last build, with the days that its sessions span: of
-- the keys of events on changed days, and of the sessions that had events on them.

{% if builds_increment() %}

with

changed_dates as (

    select event_date from {{ ref('int_web_dates_changed') }}

),

new_keys as (

    select distinct session_key
    from {{ ref('int_web_events_keyed') }}
    where event_date in (select changed_dates.event_date from changed_dates)

),

sessions as (

    select * from {{ last_build_of('int_sessions_gathered') }}

),

old_keys as (

    select distinct sessions.session_key
    from sessions
    inner join changed_dates
        on sessions.session_date <= changed_dates.event_date and sessions.last_date >= changed_dates.event_date

),

changed_keys as (

    select session_key from new_keys
    union
    select session_key from old_keys

)

select
    changed_keys.session_key,
    least(min(sessions.session_date), (select min(changed_dates.event_date) from changed_dates)) as first_date,
    greatest(max(sessions.last_date), (select max(changed_dates.event_date) from changed_dates)) as last_date
from changed_keys
left join sessions on changed_keys.session_key = sessions.session_key
group by changed_keys.session_key

{% else %}

    select
        cast(null as varchar) as session_key,
        cast(null as date) as first_date,
        cast(null as date) as last_date
    where false

{% endif %}
