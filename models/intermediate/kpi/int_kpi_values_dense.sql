-- Queried values on a dense grid: a period without a row is a zero for counts and amounts. A metric
-- has periods from the first day on which it has a value.

with

kpis as (

    select * from {{ ref('int_kpis_listed') }}

),

queried as (

    select * from {{ ref('int_kpi_values_queried') }}
    where period_start is not null

),

periods as (

    select * from {{ ref('int_kpi_periods_listed') }}

),

starts as (

    select
        metric,
        scope,
        min(period_start) as first_day
    from queried
    where grain = 'day'
    group by metric, scope

)

select
    starts.metric,
    starts.scope,
    starts.first_day,
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
