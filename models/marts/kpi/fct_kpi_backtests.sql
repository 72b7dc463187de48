with

scored as (

    select * from {{ ref('int_kpi_replays_scored') }}

),

wanted as (

    select * from {{ ref('int_kpi_replays_wanted') }}

),

judged as (

    select
        scored.*,
        wanted.period_end,
        wanted.business_days_left,
        wanted.direction,
        wanted.target_basis,
        case when wanted.direction = 'up' then scored.actual >= scored.target else scored.actual <= scored.target end as is_hit,
        case
            when wanted.direction = 'up' then scored.run_rate >= scored.target
            else scored.run_rate <= scored.target
        end as is_hit_by_run_rate
    from scored
    inner join wanted
        on
            scored.metric = wanted.metric
            and scored.scope = wanted.scope
            and scored.grain = wanted.grain
            and scored.period_start = wanted.period_start
            and scored.replayed_on = wanted.replayed_on

)

select
    concat_ws(':', metric, grain, period_start, scope, replayed_on) as kpi_backtest_id,
    metric,
    scope,
    grain,
    period_start,
    period_end,
    replayed_on,
    business_days_left,
    case
        when business_days_left <= 5 then '1 to 5'
        when business_days_left <= 10 then '6 to 10'
        when business_days_left <= 20 then '11 to 20'
        when business_days_left <= 40 then '21 to 40'
        else 'over 40'
    end as horizon,
    target,
    target_basis,
    reached,
    actual,
    forecast,
    forecast_lower,
    forecast_upper,
    actual between forecast_lower and forecast_upper as is_covered,
    p_hit,
    is_hit,
    is_hit_by_run_rate,
    power(p_hit - cast(is_hit as integer), 2) as brier,
    cast(power(cast(is_hit_by_run_rate as integer) - cast(is_hit as integer), 2) as double) as brier_run_rate,
    basis,
    {{ as_of() }} as as_of
from judged
