-- What the curve says of an entity of a certain age up to the horizon: the share of all conversions that
-- were seen by that age (developed share), and the chance of who is still in the stage to convert in time.
-- A curve is usable when enough entities were followed to the horizon and enough of them converted.

with

curves as (

    select * from {{ ref('int_conversion_curves') }}

),

horizons as (

    select * from {{ ref('int_conversion_horizons') }}

),

followed as (

    select
        stage_pair,
        scope,
        coalesce(sum(n) filter (where followed_days >= horizon_days), 0) as n_mature,
        coalesce(sum(n) filter (where event_kind = 'converted' and event_days <= horizon_days), 0) as n_converted
    from {{ ref('int_conversions_counted') }}
    where risk_from_days <= event_days
    group by stage_pair, scope

),

ends as (

    select
        curves.stage_pair,
        curves.scope,
        horizons.horizon_days,
        curves.conversion as horizon_conversion,
        curves.conversion_variance as horizon_variance
    from curves
    inner join horizons on curves.stage_pair = horizons.stage_pair
    where curves.lag_days = horizons.horizon_days

)

select
    curves.stage_pair,
    curves.scope,
    curves.lag_days,
    ends.horizon_days,
    curves.n_at_risk,
    curves.converted,
    curves.lost,
    curves.still_in_stage_before,
    curves.still_in_stage,
    ends.horizon_conversion,
    ends.horizon_variance,
    curves.conversion / ends.horizon_conversion as developed_share,
    coalesce(least(1.0, (ends.horizon_conversion - curves.conversion) / nullif(curves.still_in_stage, 0)), 0) as chance
from curves
inner join ends
    on
        curves.stage_pair = ends.stage_pair
        and curves.scope = ends.scope
        and curves.lag_days <= ends.horizon_days
inner join followed
    on
        curves.stage_pair = followed.stage_pair
        and curves.scope = followed.scope
where
    followed.n_mature >= {{ var('minimum_denominator') }}
    and followed.n_converted >= {{ var('minimum_denominator') }}
    and ends.horizon_conversion > 0
