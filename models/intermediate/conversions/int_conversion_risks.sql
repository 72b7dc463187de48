-- By stage pair, scope and days since the entry: how many were still in the stage and under
-- observation, and how many of them converted or left otherwise on that day. Who converts and who is lost on
-- one day were both at risk on it; whose following ends on a day was at risk on it.

with

counted as (

    select * from {{ ref('int_conversions_counted') }}
    where risk_from_days <= event_days

),

moves as (

    select
        stage_pair,
        scope,
        risk_from_days as lag_days,
        n as joined,
        0 as converted,
        0 as lost,
        0 as left_after
    from counted
    union all
    select
        stage_pair,
        scope,
        event_days as lag_days,
        0 as joined,
        case when event_kind = 'converted' then n else 0 end as converted,
        case when event_kind = 'lost' then n else 0 end as lost,
        n as left_after
    from counted

),

moved as (

    select
        stage_pair,
        scope,
        lag_days,
        sum(joined) as joined,
        sum(converted) as converted,
        sum(lost) as lost,
        sum(left_after) as left_after
    from moves
    group by stage_pair, scope, lag_days

),

days as (

    -- As far as anyone was followed, also where all have left before.
    select
        stage_pair,
        scope,
        unnest(range(max(followed_days) + 1)) as lag_days
    from counted
    group by stage_pair, scope

)

select
    days.stage_pair,
    days.scope,
    days.lag_days,
    coalesce(moved.converted, 0) as converted,
    coalesce(moved.lost, 0) as lost,
    sum(coalesce(moved.joined, 0) - coalesce(moved.left_after, 0)) over (
        partition by days.stage_pair, days.scope order by days.lag_days
    ) + coalesce(moved.left_after, 0) as n_at_risk
from days
left join moved
    on
        days.stage_pair = moved.stage_pair
        and days.scope = moved.scope
        and days.lag_days = moved.lag_days
