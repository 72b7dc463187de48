-- What is replayed: past dates with the target that was in force then; where there was none, what a
-- careful person would have set: the mean of the three periods before.

with

replays as (

    select * from {{ ref('int_kpi_replay_dates') }}

),

kpis as (

    select * from {{ ref('int_kpis_listed') }}

),

numerators as (

    select
        metric,
        kind
    from {{ ref('int_kpis_listed') }}

),

targets as (

    select * from {{ ref('int_kpi_targets_dated') }}
    where scope = 'all'

)

select
    replays.metric,
    'all' as scope,
    replays.grain,
    replays.period_start,
    replays.period_end,
    replays.replayed_on,
    replays.business_days_left,
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
    cast(null as double) as value,
    cast(null as double) as numerator,
    cast(null as double) as denominator,
    'ok' as trust
from replays
inner join kpis on replays.metric = kpis.metric
left join numerators on kpis.numerator_metric = numerators.metric
left join targets
    on
        replays.metric = targets.metric
        and replays.grain = targets.grain
        and replays.period_start = targets.period_start
        and replays.replayed_on >= targets.effective_from
        and coalesce(replays.replayed_on <= targets.effective_to, true)
