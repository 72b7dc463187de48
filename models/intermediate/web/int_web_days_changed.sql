{{ config(materialized='view') }}

-- Days whose web events are to be counted anew: those that changed, and those that are over by now.

select event_date from {{ ref('int_web_dates_changed') }}
{% if builds_increment() %}
    union
    select {{ previous_as_of() }} + cast(days.day as integer) as event_date
    from range(1, date_diff('day', {{ previous_as_of() }}, {{ as_of() }}) + 1) as days (day)
{% endif %}
