-- Entities by stage pair, scope, cohort, days followed and what became of them on which day: all that
-- the estimates need to know, so that their cost depends on days and not on entities.

with

conversions as (

    select
        *,
        cast(date_trunc('month', entered_date) as date) as cohort_month
    from {{ ref('fct_stage_conversions') }}

),

counted as (

    select
        stage_pair,
        from_stage,
        to_stage,
        channel,
        cohort_month,
        horizon_days,
        followed_days,
        entry_delay_days,
        event_kind,
        event_days,
        count(*) as n
    from conversions
    group by
        stage_pair, from_stage, to_stage, channel, cohort_month, horizon_days, followed_days, entry_delay_days, event_kind, event_days

),

scoped as (

    select
        * exclude (channel),
        'all' as scope
    from counted
    union all
    select
        * exclude (channel),
        'channel=' || channel as scope
    from counted

)

select
    *,
    -- With a window only its calendar days count: an entity is at risk from its age on the first of them.
    {% if var('conversion_window_days', none) -%}
        greatest(entry_delay_days, followed_days - {{ var('conversion_window_days') }} + 1)
    {%- else -%}
        entry_delay_days
    {%- endif %} as risk_from_days
from scoped
