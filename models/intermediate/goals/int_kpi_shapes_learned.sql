-- How a flow spreads over the parts of its periods, beside an even spread over business days: learned from periods
-- that are over and known throughout, shrunk to even by how much they differ (empirical Bayes). Even with fewer than two.

with

targets as (

    select distinct
        targets.metric,
        targets.scope,
        targets.grain
    from {{ ref('int_kpi_targets_dated') }} as targets
    inner join {{ ref('dim_kpis') }} as kpis on targets.metric = kpis.metric
    where kpis.kind in ('count', 'amount') and targets.grain != 'day'

),

daily as (

    select
        metric,
        scope,
        period_start as date_day,
        value,
        min(period_start) over (partition by metric, scope) as first_day
    from {{ ref('fct_kpi_values') }}
    where grain = 'day'

),

parts as (

    select
        targets.metric,
        targets.scope,
        targets.grain,
        days.period_start,
        days.part,
        count(*) filter (where days.is_business_day) as business_days,
        sum(daily.value) as part_value,
        count(*) filter (where daily.value is null) as days_unknown
    from targets
    inner join daily on targets.metric = daily.metric and targets.scope = daily.scope
    inner join {{ ref('int_period_days_placed') }} as days
        on
            targets.grain = days.grain
            and daily.date_day = days.date_day
    where days.period_start >= daily.first_day and days.period_end <= {{ as_of() }}
    group by targets.metric, targets.scope, targets.grain, days.period_start, days.part

),

shared as (

    select
        *,
        part_value / nullif(business_days, 0) * sum(business_days) over period / nullif(sum(part_value) over period, 0) as intensity,
        sum(days_unknown) over period as period_days_unknown
    from parts
    window period as (partition by metric, scope, grain, period_start)

),

averaged as (

    select
        metric,
        scope,
        grain,
        part,
        count(*) as periods,
        {{ exact_sum('intensity') }} / count(*) as intensity,
        (
            {{ exact_sum('intensity * intensity') }} / count(*) - power({{ exact_sum('intensity') }} / count(*), 2)
        ) / nullif(count(*) - 1, 0) as noise
    from shared
    where period_days_unknown = 0 and intensity is not null
    group by metric, scope, grain, part

)

select
    averaged.metric,
    averaged.scope,
    averaged.grain,
    averaged.part,
    averaged.periods,
    round({{ shrunk_shape('averaged') }}, 9) as weight
from averaged
window spread as (partition by averaged.metric, averaged.scope, averaged.grain)
