-- Values of all metrics, before anything is withheld, with the number of cases that they rest on.

with

kpis as (

    select
        kpis.* exclude (horizon_days),
        coalesce(stage_pairs.horizon_days, kpis.horizon_days, 0) as horizon_days
    from {{ ref('int_kpis_listed') }} as kpis
    left join {{ ref('int_conversion_horizons') }} as stage_pairs on kpis.stage_pair = stage_pairs.stage_pair

),

dense as (

    select * from {{ ref('int_kpi_values_dense') }}

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
        value,
        numerator,
        denominator
    from {{ ref('int_kpi_quotients_divided') }}

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
