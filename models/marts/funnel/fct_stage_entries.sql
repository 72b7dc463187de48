{{ config(
    materialized='incremental', incremental_strategy='replace_changed', on_schema_change='fail',
    unique_key='entity_id', changes='int_spells_changed'
) }}

with

spells as (

    select all_spells.*
    from {{ ref('fct_stage_spells') }} as all_spells
    where
        all_spells.contract in (select agreed.contract from {{ ref('int_stages_agreed') }} as agreed)
        and {{ only_changed('int_spells_changed', 'all_spells.entity_id') }}

),

people as (

    select * from {{ ref('dim_people') }}

),

campaigns as (

    select * from {{ ref('int_campaigns_first_seen') }}

)

select
    spells.entity_id || ':' || spells.stage || ':' || spells.spell as stage_entry_id,
    spells.entity_id,
    spells.stage,
    spells.spell,
    spells.entered_at,
    spells.entered_date,
    spells.exited_at,
    spells.exit_type,
    spells.channel,
    spells.is_inferred,
    spells.is_date_only,
    spells.is_out_of_order,
    spells.spell = 1 as is_first,
    spells.is_in_strict,
    spells.is_order_unknown,
    spells.is_before_creation,
    spells.is_bulk_import,
    people.segment,
    people.region,
    people.owner_id,
    campaigns.campaign
from spells
left join people on spells.entity_id = people.person_id
left join campaigns on spells.entity_id = campaigns.entity_id
