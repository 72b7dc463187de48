-- One row per opportunity with touches: what they were, before its creation and until its close.

with

matched as (

    select * from {{ ref('int_opportunity_touches_matched') }}

)

select
    opportunity_id,
    count(*) filter (where is_in_lookback and not is_repeat) as touch_count,
    count(*) filter (where is_in_lookback and not is_repeat and is_marketing) as marketing_touch_count,
    min(touched_at) filter (where is_in_lookback) as first_touched_at,
    arg_min(channel, (touched_at, touch_id)) filter (where is_in_lookback) as first_touch_channel,
    arg_max(channel, (channel != 'direct', touched_at, touch_id)) filter (where is_in_lookback) as last_non_direct_channel,
    arg_min(is_marketing, (touched_at, touch_id)) filter (where is_in_lookback) as is_first_touch_marketing,
    bool_or(is_marketing) filter (where is_in_lookback) as has_marketing_before_creation,
    bool_or(is_marketing) filter (where is_in_influence_window and is_before_creation) as is_influenced_before_creation,
    bool_or(is_marketing) filter (where is_in_influence_window) as is_influenced_before_close,
    bool_or(is_creditable) as has_creditable_touch
from matched
group by opportunity_id
