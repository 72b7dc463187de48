{{ config(
    materialized='incremental', incremental_strategy='replace_changed', on_schema_change='fail',
    unique_key='entity_id', changes='int_entities_changed'
) }}

-- One row per contract, entity, stage and stay in the stage, as evidence shows it. What is reached again after
-- the way was cut at or below the stage is a new spell; `pass` counts all cuts before it.

with

stage_days as (

    select * from {{ ref('int_stage_days') }}
    where kind in ('open', 'won') and {{ only_changed('int_entities_changed', 'entity_id') }}

),

cuts as (

    select * from {{ ref('int_stage_cuts') }}

),

uncut as (

    select
        stage_days.*,
        0 as pass,
        0 as restarts
    from stage_days
    anti join cuts on stage_days.contract = cuts.contract and stage_days.entity_id = cuts.entity_id

),

cut_entities as (

    select stage_days.*
    from stage_days
    semi join cuts on stage_days.contract = cuts.contract and stage_days.entity_id = cuts.entity_id

),

counted as (

    select
        cut_entities.*,
        count(cuts.cut_number) as pass,
        count(cuts.cut_number) filter (where cuts.cut_position <= cut_entities.position) as restarts
    from cut_entities
    left join cuts
        on
            cut_entities.contract = cuts.contract
            and cut_entities.entity_id = cuts.entity_id
            and cut_entities.entered_at > cuts.cut_after
    group by all

),

unioned as (

    select * from uncut
    union all
    select * from counted

)

select
    contract,
    entity_id,
    stage,
    position,
    cast(row_number() over (partition by contract, entity_id, stage order by restarts) as integer) as spell,
    min(pass) as pass,
    min(entered_at) as entered_at,
    arg_min(is_date_only, entered_at) as is_date_only
from unioned
group by contract, entity_id, stage, position, restarts
