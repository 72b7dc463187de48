-- One row per metric, scope and day on which the metric is broken, for itself or for a metric that
-- it is computed from.

with

flags as (

    select * from {{ ref('fct_kpi_flags') }}
    where kind = 'broken' and severity != 'info' and metric is not null

),

kpis as (

    select * from {{ ref('int_kpis_listed') }}

),

days as (

    select * from {{ ref('dim_dates') }}
    where date_day <= {{ as_of() }}

),

affected as (

    select
        flags.metric,
        flags.scope,
        flags.period_start,
        flags.period_end,
        flags.flag_id
    from flags
    union
    select
        kpis.metric,
        flags.scope,
        flags.period_start,
        flags.period_end,
        flags.flag_id
    from flags
    inner join kpis on flags.metric in (kpis.numerator_metric, kpis.denominator_metric)

)

select
    affected.metric,
    affected.scope,
    days.date_day,
    days.is_business_day,
    min(affected.flag_id) as flag_id
from affected
inner join days on days.date_day between affected.period_start and affected.period_end
group by affected.metric, affected.scope, days.date_day, days.is_business_day
