-- Values with what flags say of them: a value is withheld when the broken days reach a share of the
-- business days that have passed of its period (of a period without any, when a day is broken), and
-- flagged when a flag touches it at all. A flag on scope `all` says that the measurement is broken, so
-- it holds for every scope.

with

kpi_values as (

    select * from {{ ref('int_kpi_values_computed') }}

),

periods as (

    select * from {{ ref('int_kpi_periods_listed') }}

),

broken_days as (

    select * from {{ ref('int_kpi_days_broken') }}

),

drifting as (

    select * from {{ ref('fct_kpi_flags') }}
    where kind = 'drifting' and metric is not null

),

broken as (

    select
        kpi_values.metric,
        kpi_values.grain,
        kpi_values.period_start,
        kpi_values.scope,
        count(distinct broken_days.date_day) filter (where broken_days.is_business_day) as business_days,
        min(broken_days.flag_id) as flag_id
    from kpi_values
    inner join broken_days
        on
            kpi_values.metric = broken_days.metric
            and broken_days.scope in ('all', kpi_values.scope)
            and broken_days.date_day between kpi_values.period_start and kpi_values.period_end
    group by kpi_values.metric, kpi_values.grain, kpi_values.period_start, kpi_values.scope

)

select
    kpi_values.*,
    broken.flag_id,
    case
        when broken.flag_id is null then false
        when periods.business_days_passed = 0 then true
        else broken.business_days >= {{ var('withhold_share') }} * periods.business_days_passed
    end as is_withheld,
    broken.flag_id is not null or exists (
        select 1
        from drifting
        where
            drifting.metric = kpi_values.metric
            and drifting.scope in ('all', kpi_values.scope)
            and drifting.period_start <= kpi_values.period_end
            and drifting.period_end >= kpi_values.period_start
    ) as is_flagged
from kpi_values
inner join periods
    on
        kpi_values.grain = periods.grain
        and kpi_values.period_start = periods.period_start
left join broken
    on
        kpi_values.metric = broken.metric
        and kpi_values.grain = broken.grain
        and kpi_values.period_start = broken.period_start
        and kpi_values.scope = broken.scope
