with

chances as (

    select * from {{ ref('int_conversion_chances') }}

),

counted as (

    select * from {{ ref('int_conversions_counted') }}

),

horizons as (

    select * from {{ ref('int_conversion_horizons') }}

),

scopes as (

    select
        stage_pair,
        scope,
        sum(n) as n,
        sum(case when is_timely then n else 0 end) as n_converted,
        sum(case when is_timely then n * event_days end) / sum(case when is_timely then n end) as mean_finished_days,
        sum(case when followed_days >= horizon_days then n else 0 end) / sum(n) as maturity
    from (
        select
            *,
            event_kind = 'converted' and event_days <= horizon_days as is_timely
        from counted
    ) as timed
    group by stage_pair, scope

),

quantiles as (

    -- The first day by which that share of all conversions within the horizon has happened.
    select
        stage_pair,
        scope,
        max(horizon_conversion) as horizon_conversion,
        min(case when developed_share >= 0.25 then lag_days end) as p25_days,
        min(case when developed_share >= 0.5 then lag_days end) as median_days,
        min(case when developed_share >= 0.75 then lag_days end) as p75_days,
        min(case when developed_share >= 0.8 then lag_days end) as p80_days
    from chances
    group by stage_pair, scope

)

select
    scopes.stage_pair || ':' || scopes.scope as stage_velocity_id,
    scopes.stage_pair,
    horizons.from_stage,
    horizons.to_stage,
    scopes.scope,
    horizons.horizon_days,
    cast(scopes.n as bigint) as n,
    cast(scopes.n_converted as bigint) as n_converted,
    quantiles.horizon_conversion as conversion,
    quantiles.p25_days,
    quantiles.median_days,
    quantiles.p75_days,
    quantiles.p80_days,
    scopes.mean_finished_days,
    scopes.maturity,
    case
        when quantiles.stage_pair is null then 'insufficient'
        when scopes.maturity = 1 then 'final'
        else 'provisional'
    end as status
from scopes
inner join horizons on scopes.stage_pair = horizons.stage_pair
left join quantiles
    on
        scopes.stage_pair = quantiles.stage_pair
        and scopes.scope = quantiles.scope
