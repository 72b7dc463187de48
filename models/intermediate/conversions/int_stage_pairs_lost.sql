-- One row per entity and stage pair that is lost, with the time. A loss counts while nothing of the
-- entity in the pair's first stage or a later one is dated after it: a re-opened deal is open again; a lost one
-- whose contact becomes a lead again is lost.

with

entries as (

    select
        stays.entity_id,
        stays.stage,
        stays.spell,
        stays.entered_at,
        stays.exited_at,
        stays.exit_type,
        stages.position
    from {{ ref('fct_stage_entries') }} as stays
    inner join {{ ref('dim_stages') }} as stages on stays.stage = stages.stage

),

lost_entities as (

    select distinct entity_id
    from entries
    where exit_type = 'lost'

),

stage_pairs as (

    select * from {{ ref('stage_pairs') }}

),

origins as (

    select
        entries.entity_id,
        entries.position,
        stage_pairs.stage_pair
    from entries
    inner join lost_entities on entries.entity_id = lost_entities.entity_id
    inner join stage_pairs on entries.stage = stage_pairs.from_stage
    where entries.spell = 1

)

select
    origins.entity_id,
    origins.stage_pair,
    max(entries.exited_at) filter (where entries.exit_type = 'lost') as lost_at
from origins
inner join entries
    on
        origins.entity_id = entries.entity_id
        and origins.position <= entries.position
group by origins.entity_id, origins.stage_pair
having max(entries.exited_at) filter (where entries.exit_type = 'lost') >= max(entries.entered_at)
