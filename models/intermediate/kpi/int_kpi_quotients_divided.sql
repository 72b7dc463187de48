-- Metrics that are one metric divided by another. No case in the numerator is a zero once the
-- numerator is recorded at all, and unknown before.

with

kpis as (

    select * from {{ ref('int_kpis_listed') }}
    where is_quotient

),

dense as (

    select * from {{ ref('int_kpi_values_dense') }}

),

recorded as (

    select distinct
        metric,
        first_day
    from dense
    where scope = 'all'

),

divided as (

    select
        kpis.metric,
        denominators.scope,
        denominators.grain,
        denominators.period_start,
        denominators.period_end,
        coalesce(
            numerators.value,
            case when recorded.first_day <= denominators.period_end then 0 end
        ) as numerator,
        denominators.value as denominator
    from kpis
    inner join dense as denominators on kpis.denominator_metric = denominators.metric
    left join dense as numerators
        on
            kpis.numerator_metric = numerators.metric
            and denominators.scope = numerators.scope
            and denominators.grain = numerators.grain
            and denominators.period_start = numerators.period_start
    left join recorded on kpis.numerator_metric = recorded.metric

)

select
    *,
    numerator / nullif(denominator, 0) as value
from divided
