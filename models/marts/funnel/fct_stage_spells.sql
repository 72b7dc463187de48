{{ config(
    materialized='incremental', incremental_strategy='replace_changed', on_schema_change='fail',
    unique_key='entity_id', changes='int_spells_changed'
) }}

with

entries as (

    select
        *,
        {{ to_local_date('entered_at') }} as entered_date
    from {{ ref('int_stage_entries_followed') }}
    where {{ only_changed('int_spells_changed', 'entity_id') }}

),

people as (

    select * from {{ ref('dim_people') }}

),

visitors as (

    select
        visitor_id,
        arg_min(channel, (started_at, session_id)) as channel
    from {{ ref('int_sessions_built') }}
    where person_id is null and {{ only_changed('int_spells_changed', 'visitor_id', 'entity_id') }}
    group by visitor_id

),

days as (

    select
        contract,
        entity_id,
        entered_date,
        count(*) > 1 and bool_or(is_date_only) as is_order_unknown
    from {{ ref('int_stage_days') }}
    where {{ only_changed('int_spells_changed', 'entity_id') }}
    group by contract, entity_id, entered_date

),

bulk_minutes as (

    select
        stage,
        entered_minute
    from {{ ref('int_stage_minutes_crowded') }}
    where content is not null

)

select
    entries.contract || ':' || entries.entity_id || ':' || entries.stage || ':' || entries.spell as stage_spell_id,
    entries.contract,
    entries.entity_id,
    entries.stage,
    entries.spell,
    entries.entered_at,
    entries.entered_date,
    entries.exited_at,
    entries.exit_type,
    coalesce(people.channel, visitors.channel, 'other') as channel,
    entries.is_inferred,
    entries.is_date_only,
    entries.is_out_of_order,
    entries.is_in_strict,
    coalesce(days.is_order_unknown and not entries.is_inferred, false) as is_order_unknown,
    coalesce(
        entries.stage != 'visit' and entries.entered_date < {{ to_local_date('people.created_at') }},
        false
    ) as is_before_creation,
    bulk_minutes.stage is not null and not entries.is_date_only and not entries.is_inferred as is_bulk_import
from entries
left join people on entries.entity_id = people.person_id
left join visitors on entries.entity_id = visitors.visitor_id
left join days
    on
        entries.contract = days.contract
        and entries.entity_id = days.entity_id
        and entries.entered_date = days.entered_date
left join bulk_minutes
    on
        entries.stage = bulk_minutes.stage
        and date_trunc('minute', entries.entered_at) = bulk_minutes.entered_minute
