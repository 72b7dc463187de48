with

contributions as (

    select * from {{ ref('int_kpi_contributions_computed') }}

),

kpis as (

    select * from {{ ref('dim_kpis') }}

),

judged as (

    select
        *,
        -- A share of a change near zero says nothing: parts that nearly cancel out would be 900 % of it.
        abs(change) >= 0.1 * sum(abs(contribution)) over (
            partition by metric, comparison, grain, scope, decomposition, from_period, to_period
        ) and change != 0 as is_change_large
    from contributions

)

select
    concat_ws(
        ':', judged.metric, judged.comparison, judged.grain, judged.scope, judged.decomposition,
        judged.from_period, judged.to_period, judged.driver, judged.effect
    ) as kpi_contribution_id,
    judged.metric,
    judged.comparison,
    judged.grain,
    judged.scope,
    judged.decomposition,
    judged.from_period,
    judged.to_period,
    judged.driver,
    judged.effect,
    judged.contribution,
    judged.lower,
    judged.upper,
    judged.lower > 0 or judged.upper < 0 as is_distinguishable,
    case when judged.is_change_large then judged.contribution / judged.change end as share_of_change,
    judged.method,
    kpis.unit,
    judged.from_value,
    judged.to_value,
    judged.change,
    judged.change_lower,
    judged.change_upper,
    judged.from_n,
    judged.to_n,
    judged.status,
    judged.trust,
    {{ as_of() }} as as_of
from judged
inner join kpis on judged.metric = kpis.metric
