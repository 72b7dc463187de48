-- Of which periods forecasts are asked: each with a target in force, and for every KPI of the tree the
-- month, fiscal quarter and fiscal year that hold the as-of date.

with

targets as (

    select * from {{ ref('int_kpi_targets_dated') }}
    where is_in_force

),

kpis as (

    select * from {{ ref('int_kpis_listed') }}

),

periods as (

    select * from {{ ref('int_kpi_periods_listed') }}

)

select
    metric,
    scope,
    grain,
    period_start
from targets
union
select
    kpis.metric,
    'all' as scope,
    periods.grain,
    periods.period_start
from kpis
cross join periods
where
    kpis.role != 'component'
    and periods.grain in ('month', 'fiscal_quarter', 'fiscal_year')
    and periods.period_end >= {{ as_of() }}
