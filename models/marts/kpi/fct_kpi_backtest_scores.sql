with

backtests as (

    select * from {{ ref('fct_kpi_backtests') }}
    where p_hit is not null

),

grouped as (

    select
        'all' as metric,
        'all' as horizon,
        *
    from (select * exclude (metric, horizon) from backtests) as every_one
    union all by name
    select
        'all' as metric,
        *
    from (select * exclude (metric) from backtests) as every_metric
    union all by name
    select
        'all' as horizon,
        *
    from (select * exclude (horizon) from backtests) as every_horizon

)

select
    metric || ':' || horizon as kpi_backtest_score_id,
    metric,
    horizon,
    count(*) as n,
    avg(cast(is_covered as integer)) as coverage,
    avg(cast(is_hit as integer)) as hit_share,
    {{ exact_sum('p_hit') }} / count(*) as mean_p_hit,
    {{ exact_sum('brier') }} / count(*) as brier,
    {{ exact_sum('brier_run_rate') }} / count(*) as brier_run_rate,
    case when count(*) < 30 then 'insufficient' else 'final' end as status,
    {{ as_of() }} as as_of
from grouped
group by metric, horizon
