-- What is forecast, with what is known of it: kind, target in force, and the value so far.

with

targets as (

    select * from {{ ref('int_kpi_targets_dated') }}
    where is_in_force

),

kpis as (

    select
        listed.*,
        coalesce(horizons.horizon_days, listed.horizon_days, 0) as followed_days
    from {{ ref('int_kpis_listed') }} as listed
    left join {{ ref('int_conversion_horizons') }} as horizons on listed.stage_pair = horizons.stage_pair

),

periods as (

    select * from {{ ref('int_kpi_periods_listed') }}

),

kpi_values as (

    select * from {{ ref('fct_kpi_values') }}

),

asked as (

    select * from {{ ref('int_kpi_forecasts_asked') }}

)

select
    asked.metric,
    asked.scope,
    asked.grain,
    asked.period_start,
    periods.period_end,
    kpis.kind,
    kpis.unit,
    kpis.direction,
    kpis.is_quotient,
    kpis.numerator_metric,
    numerators.kind as numerator_kind,
    kpis.inflow_metric,
    kpis.inflow_stage_pair,
    cast(kpis.followed_days as integer) as followed_days,
    targets.target,
    kpi_values.value,
    kpi_values.numerator,
    kpi_values.denominator,
    coalesce(kpi_values.status, 'insufficient') as value_status,
    coalesce(kpi_values.trust, 'ok') as trust
from asked
inner join periods
    on
        asked.grain = periods.grain
        and asked.period_start = periods.period_start
inner join kpis on asked.metric = kpis.metric
left join kpis as numerators on kpis.numerator_metric = numerators.metric
left join targets
    on
        asked.metric = targets.metric
        and asked.scope = targets.scope
        and asked.grain = targets.grain
        and asked.period_start = targets.period_start
left join kpi_values
    on
        asked.metric = kpi_values.metric
        and asked.scope = kpi_values.scope
        and asked.grain = kpi_values.grain
        and asked.period_start = kpi_values.period_start
