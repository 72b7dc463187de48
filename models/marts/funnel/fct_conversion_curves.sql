with

curves as (

    select * from {{ ref('int_conversion_curves') }}

),

horizons as (

    select * from {{ ref('int_conversion_horizons') }}

)

select
    curves.stage_pair || ':' || curves.scope || ':' || curves.lag_days as curve_day_id,
    curves.stage_pair,
    horizons.from_stage,
    horizons.to_stage,
    curves.scope,
    curves.lag_days,
    horizons.horizon_days,
    cast(curves.n_at_risk as bigint) as n_at_risk,
    cast(curves.converted as bigint) as converted,
    cast(curves.lost as bigint) as lost,
    curves.conversion,
    {{ log_log_bound('curves.conversion', 'curves.conversion_variance', '+') }} as conversion_lower,
    {{ log_log_bound('curves.conversion', 'curves.conversion_variance', '-') }} as conversion_upper,
    sqrt(curves.conversion_variance) as conversion_standard_error,
    curves.still_in_stage,
    chances.developed_share,
    chances.chance as chance_to_convert,
    case
        when chances.lag_days is null and curves.lag_days <= horizons.horizon_days then 'insufficient'
        when curves.n_at_risk < {{ var('minimum_denominator') }} then 'insufficient'
        else 'provisional'
    end as status
from curves
inner join horizons on curves.stage_pair = horizons.stage_pair
left join {{ ref('int_conversion_chances') }} as chances
    on
        curves.stage_pair = chances.stage_pair
        and curves.scope = chances.scope
        and curves.lag_days = chances.lag_days
