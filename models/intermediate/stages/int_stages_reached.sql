-- One row per entity and stage of the contract that it is known to have reached: the first time.
-- Web visitors reach `visit` by their first session; a visitor who became known is that person.

with

evidence as (

    select
        entity_id,
        stage,
        entered_at,
        is_date_only
    from {{ ref('int_stage_evidence_mapped') }}
    where stage is not null and entered_at is not null

),

visits as (

    select
        coalesce(person_id, visitor_id) as entity_id,
        'visit' as stage,
        min(started_at) as entered_at,
        false as is_date_only
    from {{ ref('int_sessions_built') }}
    group by coalesce(person_id, visitor_id)

),

unioned as (

    select * from evidence
    union all
    select * from visits

)

select
    entity_id,
    stage,
    min(entered_at) as entered_at,
    max(entered_at) as last_entered_at,
    arg_min(is_date_only, (entered_at, is_date_only)) as is_date_only
from unioned
group by entity_id, stage
