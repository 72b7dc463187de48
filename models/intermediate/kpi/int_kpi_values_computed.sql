-- Values of all metrics on a dense grid: a period without a row is a zero for counts and amounts.

with

kpis as (

    select
        kpis.*,
        coalesce(stage_pairs.horizon_days, 0) as horizon_days
    from {{ ref('int_kpis_listed') }} as kpis
    left join {{ ref('stage_pairs') }} as stage_pairs on kpis.stage_pair = stage_pairs.stage_pair

),

queried as (

    select * from {{ ref('int_kpi_values_queried') }}
    where period_start is not null

),

periods as (

    select * from {{ ref('int_kpi_periods_listed') }}

),

-- A metric has periods from the first day on which it has a value.
starts as (

    select
        metric,
        scope,
        min(period_start) as first_day
    from queried
    where grain = 'day'
    group by metric, scope

),

dense as (

    select
        starts.metric,
        starts.scope,
        periods.grain,
        periods.period_start,
        periods.period_end,
        case
            when kpis.kind in ('count', 'amount') then coalesce(queried.value, 0)
            else queried.value
        end as value
    from starts
    inner join kpis on starts.metric = kpis.metric
    inner join periods on starts.first_day <= periods.period_end
    left join queried
        on
            starts.metric = queried.metric
            and starts.scope = queried.scope
            and periods.grain = queried.grain
            and periods.period_start = queried.period_start

),

-- No case in the numerator is a zero once the numerator is recorded at all, and unknown before.
quotients as (

    select
        kpis.metric,
        denominators.scope,
        denominators.grain,
        denominators.period_start,
        denominators.period_end,
        coalesce(numerators.value, case when recorded.first_day <= denominators.period_end then 0 end) as numerator,
        denominators.value as denominator
    from kpis
    inner join dense as denominators on kpis.denominator_metric = denominators.metric
    left join dense as numerators
        on
            kpis.numerator_metric = numerators.metric
            and denominators.scope = numerators.scope
            and denominators.grain = numerators.grain
            and denominators.period_start = numerators.period_start
    left join starts as recorded
        on
            kpis.numerator_metric = recorded.metric
            and recorded.scope = 'all'
    where kpis.is_quotient

),

unioned as (

    select
        metric,
        scope,
        grain,
        period_start,
        period_end,
        value,
        null as numerator,
        null as denominator
    from dense
    union all
    select
        metric,
        scope,
        grain,
        period_start,
        period_end,
        numerator / nullif(denominator, 0) as value,
        numerator,
        denominator
    from quotients

)

select
    unioned.*,
    kpis.kind,
    kpis.horizon_days,
    cast(coalesce(samples.value, unioned.denominator) as bigint) as n
from unioned
inner join kpis on unioned.metric = kpis.metric
left join dense as samples
    on
        kpis.sample_metric = samples.metric
        and unioned.scope = samples.scope
        and unioned.grain = samples.grain
        and unioned.period_start = samples.period_start
