-- One row per monthly cohort, stage pair and scope: what was seen of it, and how much of what is to be
-- seen by the horizon that is, by the curve. Entities that came under observation late are counted apart:
-- whether they had converted before cannot be known.

with

counted as (

    select
        *,
        least(followed_days, horizon_days) as developed_days,
        event_kind = 'converted' and event_days <= horizon_days as is_converted,
        followed_days >= horizon_days as is_mature,
        event_kind = 'open' and followed_days < horizon_days as is_at_risk,
        entry_delay_days > 0 as is_truncated
    from {{ ref('int_conversions_counted') }}

),

chances as (

    select * from {{ ref('int_conversion_chances') }}

)

select
    counted.stage_pair,
    counted.from_stage,
    counted.to_stage,
    counted.scope,
    counted.cohort_month,
    counted.horizon_days,
    max(chances.horizon_conversion) as horizon_conversion,
    max(chances.horizon_variance) as horizon_variance,
    cast(sum(counted.n) as bigint) as n,
    cast(sum(case when counted.is_converted then counted.n else 0 end) as bigint) as converted,
    cast(sum(case when counted.is_at_risk then counted.n else 0 end) as bigint) as n_at_risk,
    cast(sum(case when counted.is_mature then counted.n else 0 end) as bigint) as n_mature,
    cast(sum(case when counted.is_mature and counted.is_converted then counted.n else 0 end) as bigint) as converted_mature,
    cast(sum(case when counted.is_truncated then counted.n else 0 end) as bigint) as n_truncated,
    cast(sum(case when counted.is_truncated then 0 else counted.n end) as bigint) as n_observed,
    cast(sum(case when counted.is_converted and not counted.is_truncated then counted.n else 0 end) as bigint) as converted_observed,
    cast(sum(case when counted.is_at_risk and not counted.is_truncated then counted.n else 0 end) as bigint) as n_at_risk_observed,
    -- How many fully followed entities would tell as much about the level.
    {{ exact_sum('case when counted.is_truncated then 0 else counted.n * chances.developed_share end') }} as n_developed,
    {{ exact_sum('case when counted.is_truncated then 0 else counted.n * pow(chances.developed_share, 2) end') }} as n_developed_squared
from counted
left join chances
    on
        counted.stage_pair = chances.stage_pair
        and counted.scope = chances.scope
        and counted.developed_days = chances.lag_days
group by
    counted.stage_pair, counted.from_stage, counted.to_stage, counted.scope, counted.cohort_month, counted.horizon_days
