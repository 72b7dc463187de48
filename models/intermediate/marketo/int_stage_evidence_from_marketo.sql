{{ config(enabled='marketo' in var('sources')) }}

-- What Marketo knows of stages: that a lead with an address was created, changes of the stage fields
-- (type 13) and their current values. Which fields those are, the option `stage_fields` says; labels and
-- names of the interface (Lead Status, leadStatus) are the same field.

with

leads as (

    select * from {{ ref('stg_marketo__leads') }}

),

activities as (

    select * from {{ ref('stg_marketo__activities') }}
    where type_id = 13

)
,

cells as (

    select
        lead_id,
        unnest(map_entries(cast(cast(other_columns as json) as map (varchar, varchar)))) as cell
    from leads
    where other_columns is not null

),

stage_values as (

    select
        lead_id,
        subject as field,
        attribute_values['new_value'] as stage_value,
        occurred_at as entered_at
    from activities
    where occurred_at is not null
    union all
    select
        lead_id,
        cell.key as field,
        cell.value as stage_value,
        null as entered_at
    from cells

),

evidence as (

    select
        lead_id as source_entity_id,
        'record' as source_field,
        'created' as source_value,
        created_at as entered_at
    from leads
    where email is not null and created_at is not null
    union all
    select
        lead_id as source_entity_id,
        'stage_field' as source_field,
        {{ no_placeholder('stage_value') }} as source_value,
        entered_at
    from stage_values
    where {{ is_field('field', source_option('marketo', 'stage_fields')) }}

)

select
    'marketo' as source,
    'person' as entity_type,
    *,
    false as is_date_only,
    source_field = 'stage_field' as is_history
from evidence
where source_value is not null
