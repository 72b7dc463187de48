with

targets as (

    select * from {{ ref('int_kpi_targets_dated') }}

),

kpis as (

    select * from {{ ref('dim_kpis') }}

)

select
    concat_ws(':', targets.metric, targets.grain, targets.period_start, targets.scope, targets.effective_from) as kpi_target_id,
    targets.metric,
    targets.scope,
    targets.grain,
    targets.period_start,
    targets.target,
    kpis.unit,
    kpis.direction,
    coalesce(targets.owner, kpis.owner) as owner,
    targets.baseline,
    targets.baseline_source,
    targets.target / nullif(targets.baseline, 0) - 1 as growth_asked,
    targets.due_date,
    targets.effective_from,
    cast(targets.effective_to as date) as effective_to,
    targets.is_in_force,
    {{ as_of() }} as as_of
from targets
inner join kpis on targets.metric = kpis.metric
