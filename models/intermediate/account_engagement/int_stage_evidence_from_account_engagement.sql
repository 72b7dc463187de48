{{ config(enabled='account_engagement' in var('sources')) }}

-- What Account Engagement knows of stages: that a prospect was created, its moves through the lifecycle,
-- opportunities among its activities, and its current stage, which has no time.

with

prospects as (

    select * from {{ ref('stg_account_engagement__prospects') }}
    where not is_deleted

),

moves as (

    select
        moves.prospect_id,
        coalesce(stages.stage_name, moves.next_stage) as stage_name,
        moves.moved_at
    from {{ ref('stg_account_engagement__lifecycle_moves') }} as moves
    left join {{ ref('stg_account_engagement__lifecycle_stages') }} as stages on moves.next_stage = stages.stage_id
    where moves.moved_at is not null

),

activities as (

    select * from {{ ref('stg_account_engagement__visitor_activities') }}
    where activity_type_id in (8, 9, 10) and prospect_id is not null and occurred_at is not null

),

evidence as (

    select
        prospect_id as source_entity_id,
        'record' as source_field,
        'created' as source_value,
        created_at as entered_at
    from prospects
    where email is not null and created_at is not null
    union all
    select
        prospect_id as source_entity_id,
        'lifecycle_stage' as source_field,
        stage_name as source_value,
        moved_at as entered_at
    from moves
    union all
    select
        prospect_id as source_entity_id,
        'activity' as source_field,
        activity_name as source_value,
        occurred_at as entered_at
    from activities
    union all
    select
        prospect_id as source_entity_id,
        'lifecycle_stage' as source_field,
        lifecycle_stage as source_value,
        null as entered_at
    from prospects

)

select
    'account_engagement' as source,
    'person' as entity_type,
    *,
    false as is_date_only,
    source_field = 'lifecycle_stage' as is_history
from evidence
where source_value is not null
