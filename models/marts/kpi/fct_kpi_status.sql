with

measured as (

    select * from {{ ref('int_kpi_targets_measured') }}

),

compared as (

    select
        *,
        -- Before the first business day nothing is behind; a cost of nothing cannot be better.
        case
            when is_flow and expected_share = 0 then 1
            when direction = 'up' then coalesce(pace_index, attainment)
            when actual <= 0 then 1
            else 1 / coalesce(pace_index, attainment)
        end as progress
    from measured

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
    {{ as_of() }} as as_of
from compared
