-- Targets in effect with the value so far, its attainment and its pace. A stock or a ratio has no
-- pace: it is compared with its target as it stands.

with

targets as (

    -- A target that was changed keeps both rows; the one that is in force on the as-of date counts.
    select * from {{ ref('int_kpi_targets_dated') }}
    where is_in_force

),

shares as (

    select * from {{ ref('int_kpi_shares_expected') }}

),

kpi_values as (

    select * from {{ ref('fct_kpi_values') }}

),

kpis as (

    select * from {{ ref('dim_kpis') }}

),

periods as (

    select * from {{ ref('int_kpi_periods_listed') }}

),

measured as (

    select
        targets.metric,
        targets.scope,
        targets.grain,
        targets.period_start,
        periods.period_end,
        cast(targets.target as double) as target,
        targets.effective_from,
        targets.due_date,
        kpi_values.value as actual,
        kpi_values.trust,
        kpi_values.status as value_status,
        kpis.direction,
        kpis.kind in ('count', 'amount') as is_flow,
        periods.business_days_passed / nullif(periods.business_days, 0) as business_share,
        shares.shape_periods,
        coalesce(shares.expected_share, periods.business_days_passed / nullif(periods.business_days, 0)) as share_passed
    from targets
    inner join periods
        on
            targets.grain = periods.grain
            and targets.period_start = periods.period_start
    inner join kpis on targets.metric = kpis.metric
    left join shares
        on
            targets.metric = shares.metric
            and targets.scope = shares.scope
            and targets.grain = shares.grain
            and targets.period_start = shares.period_start
    left join kpi_values
        on
            targets.metric = kpi_values.metric
            and targets.scope = kpi_values.scope
            and targets.grain = kpi_values.grain
            and targets.period_start = kpi_values.period_start

)

select
    *,
    actual / nullif(target, 0) as attainment,
    case when is_flow then share_passed end as expected_share,
    case when is_flow then actual / nullif(target * share_passed, 0) end as pace_index
from measured
