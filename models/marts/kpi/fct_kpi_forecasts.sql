with

drawn as (

    select * from {{ ref('int_kpi_forecasts_drawn') }}

),

wanted as (

    select * from {{ ref('int_kpi_forecasts_wanted') }}

),

joined as (

    select
        drawn.*,
        wanted.period_end,
        wanted.unit,
        wanted.trust,
        wanted.direction,
        drawn.target - drawn.reached as remaining
    from drawn
    inner join wanted
        on
            drawn.metric = wanted.metric
            and drawn.scope = wanted.scope
            and drawn.grain = wanted.grain
            and drawn.period_start = wanted.period_start

)

select
    metric || ':' || grain || ':' || period_start || ':' || scope as kpi_forecast_id,
    metric,
    scope,
    grain,
    period_start,
    period_end,
    unit,
    target,
    reached,
    forecast,
    forecast_lower,
    forecast_upper,
    p_hit,
    basis,
    reason,
    open_items,
    open_chance,
    from_open,
    from_new,
    case when remaining > 0 then open_items / remaining end as coverage,
    case
        when remaining > 0 and open_chance > 0
            then greatest(0.0, remaining - from_new) / open_chance / remaining
    end as coverage_required,
    trust,
    {{ as_of() }} as as_of
from joined
