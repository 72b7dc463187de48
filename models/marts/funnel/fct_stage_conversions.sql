with

followed as (

    select * from {{ ref('int_stage_pairs_followed') }}

),

horizons as (

    select * from {{ ref('int_conversion_horizons') }}

)

select
    followed.entity_id || ':' || followed.stage_pair as conversion_id,
    followed.entity_id,
    followed.stage_pair,
    followed.from_stage,
    followed.to_stage,
    followed.channel,
    followed.entered_date,
    followed.converted_date,
    followed.lag_days,
    horizons.horizon_days,
    followed.converted_date is not null as is_converted,
    followed.event_kind = 'converted' and followed.event_days <= horizons.horizon_days as is_converted_within_horizon,
    followed.is_lost,
    followed.followed_days >= horizons.horizon_days as is_mature,
    followed.followed_days,
    followed.event_kind,
    followed.event_days,
    followed.entry_delay_days,
    followed.entry_delay_days > 0 as is_truncated,
    coalesce(followed.lag_days < 0, false) as is_misdated,
    -- A visitor has none before becoming known: all who have one converted.
    case when followed.from_stage != 'visit' then followed.segment end as segment,
    case when followed.from_stage != 'visit' then followed.region end as region,
    case when followed.from_stage != 'visit' then followed.owner_id end as owner_id,
    followed.campaign
from followed
inner join horizons on followed.stage_pair = horizons.stage_pair
