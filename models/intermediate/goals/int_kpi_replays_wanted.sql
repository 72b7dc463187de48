-- Past dates at which forecasts are replayed: after a quarter, half and three quarters of the business
-- days of past months and fiscal quarters, for the KGI and the main KPIs. The target is the one in force
-- then; where there was none, what a careful person would have set: the mean of the three periods before.

with

kpis as (

    select * from {{ ref('int_kpis_listed') }}
    where role in ('kgi', 'main') and (kind in ('count', 'amount') or is_quotient)

),

days as (

    select * from {{ ref('int_period_days_placed') }}
    where is_business_day and grain in ('month', 'fiscal_quarter')

),

finals as (

    select
        metric,
        grain,
        period_start,
        period_end,
        value,
        avg(value) over earlier as earlier_mean,
        count(value) over earlier as earlier_periods
    from {{ ref('fct_kpi_values') }}
    where scope = 'all' and grain in ('month', 'fiscal_quarter') and status = 'final' and trust != 'withheld'
    window earlier as (partition by metric, grain order by period_start rows between 3 preceding and 1 preceding)

),

replays as (

    select
        finals.*,
        days.date_day as replayed_on,
        days.business_days - days.business_day_number as business_days_left,
        days.business_day_number / days.business_days as share_passed
    from finals
    inner join days
        on
            finals.grain = days.grain
            and finals.period_start = days.period_start
    cross join (select unnest([0.25, 0.5, 0.75]) as share) as shares
    where
        finals.earlier_periods = 3
        and days.business_day_number = greatest(1, round(shares.share * days.business_days))
        and finals.period_start >= {{ as_of() }} - to_days(case finals.grain when 'month' then 396 else 761 end)

)

select
    replays.metric,
    'all' as scope,
    replays.grain,
    replays.period_start,
    replays.period_end,
    cast(replays.replayed_on as date) as replayed_on,
    cast(replays.business_days_left as integer) as business_days_left,
    replays.share_passed,
    kpis.kind,
    kpis.unit,
    kpis.direction,
    kpis.is_quotient,
    kpis.numerator_metric,
    numerators.kind as numerator_kind,
    kpis.inflow_metric,
    kpis.inflow_stage_pair,
    coalesce(kpis.horizon_days, 0) as followed_days,
    coalesce(targets.target, replays.earlier_mean) as target,
    case when targets.target is null then 'mean_of_three' else 'target' end as target_basis,
    replays.value as actual,
    null::double as value,
    null::double as numerator,
    null::double as denominator,
    'ok' as trust
from replays
inner join kpis on replays.metric = kpis.metric
left join {{ ref('int_kpis_listed') }} as numerators on kpis.numerator_metric = numerators.metric
left join {{ ref('int_kpi_targets_dated') }} as targets
    on
        replays.metric = targets.metric
        and targets.scope = 'all'
        and replays.grain = targets.grain
        and replays.period_start = targets.period_start
        and targets.effective_from <= replays.replayed_on
        and coalesce(targets.effective_to >= replays.replayed_on, true)
