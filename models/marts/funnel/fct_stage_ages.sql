with

conversions as (

    select * from {{ ref('fct_stage_conversions') }}
    where event_kind = 'open'

),

waiting_stages as (

    -- Nobody waits for an anonymous visitor: stages that are never inferred are left out.
    select stage from {{ ref('dim_stages') }}
    where is_imputed

),

chances as (

    select * from {{ ref('int_conversion_chances') }}
    where scope = 'all'

)

select
    conversions.conversion_id as stage_age_id,
    conversions.entity_id,
    conversions.stage_pair,
    conversions.from_stage,
    conversions.to_stage,
    conversions.channel,
    conversions.entered_date,
    conversions.followed_days as days_in_stage,
    conversions.horizon_days,
    chances.developed_share as percentile,
    chances.developed_share > 0.8 as is_ageing,
    chances.chance as chance_to_convert,
    case when chances.developed_share is null then 'insufficient' else 'provisional' end as status
from conversions
inner join waiting_stages on conversions.from_stage = waiting_stages.stage
-- Beyond the horizon every conversion that counts would have happened.
left join chances
    on
        conversions.stage_pair = chances.stage_pair
        and least(conversions.followed_days, conversions.horizon_days) = chances.lag_days
