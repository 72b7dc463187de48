-- Daily series that the watch over indicators judges: only days whose value is final, and only
-- metrics that are steered by the day or week. A monthly one has too few cases a day to judge.

with

kpi_values as (

    select * from {{ ref('int_kpi_values_computed') }}
    where grain = 'day' and scope = 'all'

),

kpis as (

    select * from {{ ref('int_kpis_listed') }}
    where role != 'component' and kind != 'stock' and cadence in ('day', 'week')

),

days as (

    select * from {{ ref('dim_dates') }}

)

select
    kpi_values.metric,
    kpi_values.scope,
    kpi_values.kind,
    kpi_values.period_start as day,
    coalesce(kpi_values.numerator, kpi_values.value) as numerator,
    case when kpi_values.kind = 'amount' then kpi_values.n else kpi_values.denominator end as denominator,
    days.is_business_day
from kpi_values
inner join kpis on kpi_values.metric = kpis.metric
inner join days on kpi_values.period_start = days.date_day
where kpi_values.period_start + cast(kpi_values.horizon_days as integer) <= {{ as_of() }}
