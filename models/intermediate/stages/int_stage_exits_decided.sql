-- One row per entity that left the funnel without winning: after its last sign of being lost it
-- reached nothing more, and no opportunity of it is open.

with

reached as (

    select
        reached.entity_id,
        max(reached.last_entered_at) filter (where stages.kind = 'lost') as lost_at,
        max(reached.last_entered_at) filter (where stages.kind = 'open') as last_open_at,
        bool_or(stages.kind = 'won') as is_won
    from {{ ref('int_stages_reached') }} as reached
    inner join {{ ref('stages') }} as stages on reached.stage = stages.stage
    group by reached.entity_id

),

open_opportunities as (

    select distinct person_id
    from {{ ref('int_opportunities_identified') }}
    where stage_kind = 'open' and person_id is not null

)

select
    reached.entity_id,
    reached.lost_at
from reached
left join open_opportunities on reached.entity_id = open_opportunities.person_id
where
    reached.lost_at is not null
    and not reached.is_won
    and open_opportunities.person_id is null
    and reached.lost_at >= coalesce(reached.last_open_at, reached.lost_at)
