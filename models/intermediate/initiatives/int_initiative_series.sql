-- The series that verdicts rest on, by day and week: treated and control, as numerator and exposure. Only
-- periods that are final and not withheld; the first one of a metric may be cut off and is left out.

with

measured as (

    select * from {{ ref('int_initiatives_measured') }}

),

kpi_values as (

    select
        metric,
        scope,
        grain,
        period_start,
        period_end,
        horizon_days,
        coalesce(numerator, value) as numerator,
        case when kind in ('count', 'amount') then 1 else denominator end as exposure
    from {{ ref('int_kpi_values_judged') }}
    where
        grain in ('day', 'week')
        and not is_withheld
        and period_end + cast(horizon_days as integer) <= {{ as_of() }}
    qualify period_start > min(period_start) over (partition by metric, scope, grain)

),

arms as (

    select
        initiative_id,
        role,
        'treated' as arm,
        metric,
        scope,
        start_date
    from measured
    union all
    select
        initiative_id,
        role,
        'control' as arm,
        control_metric,
        control_scope,
        start_date
    from measured
    where has_control and (control_metric != metric or control_scope != scope)

)

select
    arms.initiative_id,
    arms.role,
    arms.arm,
    kpi_values.grain,
    kpi_values.period_start,
    kpi_values.period_end,
    kpi_values.horizon_days,
    cast(kpi_values.numerator as double) as numerator,
    cast(kpi_values.exposure as double) as exposure
from arms
inner join kpi_values
    on
        arms.metric = kpi_values.metric
        and arms.scope = kpi_values.scope
where
    kpi_values.period_start >= arms.start_date - 371
    and kpi_values.numerator >= 0
    and kpi_values.exposure > 0
