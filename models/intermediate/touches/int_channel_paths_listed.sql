-- One row per touch on a path of channels, in order. A path that converted is that of an opportunity until its
-- milestone (where that is the close, of a deal that was won; a lost one did not convert, an open one is not
-- known yet). A person without any opportunity is a path that did not convert, over the same window from the
-- first touch on, and only where that window is over: who came last week has had no time.

with

opportunities as (

    select * from {{ ref('int_opportunities_identified') }}
    where {{ "stage_kind in ('won', 'lost')" if var('attribution_milestone', 'created') == 'closed' else 'true' }}

),

matched as (

    select * from {{ ref('int_opportunity_touches_matched') }}
    where is_creditable

),

with_opportunity as (

    select distinct person_id
    from {{ ref('int_opportunities_identified') }}
    where person_id is not null
    union
    select distinct person_id
    from {{ ref('int_opportunity_touches_matched') }}

),

idle as (

    select
        touches.*,
        min(touches.touched_at) over (partition by touches.person_id) as first_touched_at
    from {{ ref('fct_touches') }} as touches
    left join with_opportunity on touches.person_id = with_opportunity.person_id
    where with_opportunity.person_id is null

),

steps as (

    select
        'opportunity:' || matched.opportunity_id as path_id,
        {{ "opportunities.stage_kind = 'won'" if var('attribution_milestone', 'created') == 'closed' else 'true' }} as is_converted,
        matched.channel,
        matched.touched_at,
        matched.touch_id
    from matched
    inner join opportunities on matched.opportunity_id = opportunities.opportunity_id
    union all
    select
        'person:' || person_id as path_id,
        false as is_converted,
        channel,
        touched_at,
        touch_id
    from idle
    where
        not is_repeat
        and touched_at <= first_touched_at + {{ attribution_lookback() }}
        and first_touched_at + {{ attribution_lookback() }} < {{ as_of_end_utc() }}

)

select
    path_id,
    is_converted,
    channel,
    row_number() over (partition by path_id order by touched_at, touch_id) as position,
    lag(channel) over (partition by path_id order by touched_at, touch_id) as previous_channel,
    lead(channel) over (partition by path_id order by touched_at, touch_id) as next_channel
from steps
