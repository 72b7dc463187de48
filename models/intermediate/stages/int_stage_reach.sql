{{ config(materialized='ephemeral') }}

-- One row per contract, entity and stage up to the last one that it reached: its first stay there, if there is
-- evidence of one, and the latest entry among the stages before.

with

stages as (

    select * from {{ ref('stages') }}
    where kind in ('open', 'won')

),

spells as (

    select * from {{ ref('int_stage_spells') }}
    where {{ only_changed('int_entities_changed', 'entity_id') }}

),

entities as (

    select
        contract,
        entity_id,
        max(position) as last_position
    from spells
    group by contract, entity_id

),

people as (

    select distinct person_id
    from {{ ref('int_people_identified') }}

),

grid as (

    select
        entities.contract,
        entities.entity_id,
        stages.stage,
        stages.position,
        stages.is_imputed as may_be_inferred,
        stages.is_imputed and people.person_id is not null as is_imputed,
        spells.entered_at,
        spells.is_date_only,
        spells.pass,
        max(spells.entered_at) filter (where stages.is_imputed) over before as entered_before
    from entities
    inner join stages on entities.contract = stages.contract and entities.last_position >= stages.position
    left join people on entities.entity_id = people.person_id
    left join spells
        on
            entities.contract = spells.contract
            and entities.entity_id = spells.entity_id
            and stages.stage = spells.stage
            and spells.spell = 1
    window before as (
        partition by entities.contract, entities.entity_id
        order by stages.position
        rows between unbounded preceding and 1 preceding
    )

)

select * from grid
