-- One row per entity whose spells are to be written anew: those whose way or attributes changed, and those who
-- entered a stage in a minute that was taken for an import and is not any more, or the other way round.

with

minutes as (

    select
        stage,
        entered_minute
    from {{ ref('int_stage_minutes_crowded') }}
    where is_changed

)

select entity_id
from {{ ref('int_entities_changed') }}
union
select person_id as entity_id
from {{ ref('int_people_compared') }}
where is_changed
union
select entries.entity_id
from {{ ref('int_stage_entries_followed') }} as entries
inner join minutes
    on entries.stage = minutes.stage and date_trunc('minute', entries.entered_at) = minutes.entered_minute
