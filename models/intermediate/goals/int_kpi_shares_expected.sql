-- The share of a target that is to be reached by the end of the as-of day: weights of the business days
-- so far / weights of the period's. Even over business days where no shape was learned.

with

targets as (

    select * from {{ ref('int_kpi_targets_dated') }}
    where is_in_force

),

days as (

    select * from {{ ref('int_period_days_placed') }}
    where is_business_day

),

shapes as (

    select * from {{ ref('int_kpi_shapes_learned') }}

),

weighed as (

    select
        targets.metric,
        targets.scope,
        targets.grain,
        targets.period_start,
        days.date_day,
        shapes.periods,
        coalesce(shapes.weight, 1.0) as weight
    from targets
    inner join days
        on
            targets.grain = days.grain
            and targets.period_start = days.period_start
    left join shapes
        on
            targets.metric = shapes.metric
            and targets.scope = shapes.scope
            and targets.grain = shapes.grain
            and days.part = shapes.part

)

select
    metric,
    scope,
    grain,
    period_start,
    coalesce(max(periods), 0) as shape_periods,
    {{ exact_sum('case when date_day <= ' ~ as_of() ~ ' then weight else 0 end') }}
    / nullif({{ exact_sum('weight') }}, 0) as expected_share
from weighed
group by metric, scope, grain, period_start
