{{ config(
    materialized='incremental', incremental_strategy='replace_changed', on_schema_change='fail',
    unique_key='entity_id', changes='int_entities_changed'
) }}

-- One row per contract, entity, stage and day on which evidence says that the entity came into the stage.
-- A time of the day goes before a date alone. Web visitors reach `visit` by their first session; a visitor
-- who became known is that person.

with

stages as (

    select * from {{ ref('stages') }}

),

evidence as (

    select
        contract,
        entity_id,
        stage,
        entered_at,
        is_date_only
    from {{ ref('int_stage_evidence_mapped') }}
    where stage is not null and entered_at is not null and {{ only_changed('int_entities_changed', 'entity_id') }}

),

visits as (

    select
        stages.contract,
        coalesce(sessions.person_id, sessions.visitor_id) as entity_id,
        stages.stage,
        min(sessions.started_at) as entered_at,
        false as is_date_only
    from {{ ref('int_sessions_built') }} as sessions
    inner join stages on stages.stage = 'visit'
    where {{ only_changed('int_entities_changed', 'coalesce(sessions.person_id, sessions.visitor_id)', 'entity_id') }}
    group by stages.contract, coalesce(sessions.person_id, sessions.visitor_id), stages.stage

),

unioned as (

    select * from evidence
    union all
    select * from visits

)

select
    unioned.contract,
    unioned.entity_id,
    unioned.stage,
    stages.position,
    stages.kind,
    {{ to_local_date('unioned.entered_at') }} as entered_date,
    coalesce(min(unioned.entered_at) filter (where not unioned.is_date_only), min(unioned.entered_at)) as entered_at,
    bool_and(unioned.is_date_only) as is_date_only
from unioned
inner join stages on unioned.contract = stages.contract and unioned.stage = stages.stage
group by unioned.contract, unioned.entity_id, unioned.stage, stages.position, stages.kind, entered_date
