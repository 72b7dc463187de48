with

measured as (

    select * from {{ ref('int_kpi_targets_measured') }}

),

forecasts as (

    select * from {{ ref('fct_kpi_forecasts') }}

),

compared as (

    select
        measured.*,
        forecasts.forecast,
        forecasts.forecast_lower,
        forecasts.forecast_upper,
        forecasts.p_hit,
        forecasts.basis as forecast_basis,
        forecasts.reason as forecast_reason,
        forecasts.coverage,
        forecasts.coverage_required,
        -- Before the first business day nothing is behind; a cost of nothing cannot be better.
        case
            when measured.is_flow and measured.expected_share = 0 then 1
            when measured.direction = 'up' then coalesce(measured.pace_index, measured.attainment)
            when measured.actual <= 0 then 1
            else 1 / coalesce(measured.pace_index, measured.attainment)
        end as progress
    from measured
    left join forecasts
        on
            measured.metric = forecasts.metric
            and measured.scope = forecasts.scope
            and measured.grain = forecasts.grain
            and measured.period_start = forecasts.period_start

)

select
    metric || ':' || grain || ':' || period_start || ':' || scope as kpi_status_id,
    metric,
    scope,
    grain,
    period_start,
    period_end,
    target,
    actual,
    attainment,
    expected_share,
    pace_index,
    coalesce(trust, 'ok') as trust,
    case
        when trust = 'withheld' then 'withheld'
        when actual is null or value_status = 'insufficient' then 'insufficient'
        when is_flow and direction = 'up' and attainment >= 1 then 'reached'
        -- Within 2 % of the pace is on it: a business day is about as much of a fiscal quarter.
        when progress >= 0.98 then 'on_track'
        when progress >= 0.9 then 'slightly_behind'
        else 'behind'
    end as status,
    {{ as_of() }} as as_of,
    business_share,
    coalesce(shape_periods, 0) as shape_periods,
    effective_from,
    due_date,
    forecast,
    forecast_lower,
    forecast_upper,
    p_hit,
    forecast_basis,
    forecast_reason,
    coverage,
    coverage_required
from compared
