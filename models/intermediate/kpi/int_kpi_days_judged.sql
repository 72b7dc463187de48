-- Daily series that the watch over indicators judges: only days whose value is final, and only
-- metrics that are steered by the day or week. A monthly one has too few cases a day to judge. The
-- first 90 days, and a horizon of a conversion more, are left out: while a history fills, its level
-- is not the level.

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

),

finals as (

    select
        *,
        min(period_start) over (partition by metric, scope) as first_day
    from kpi_values
    where period_start + cast(horizon_days as integer) <= {{ as_of() }}

)

select
    finals.metric,
    finals.scope,
    finals.kind,
    kpis.direction,
    finals.period_start as day,
    coalesce(finals.numerator, finals.value) as numerator,
    case when finals.kind = 'amount' then finals.n else finals.denominator end as denominator,
    days.is_business_day
from finals
inner join kpis on finals.metric = kpis.metric
inner join days on finals.period_start = days.date_day
where finals.period_start >= finals.first_day + 90 + cast(finals.horizon_days as integer)
