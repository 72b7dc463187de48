{{ config(
    materialized='incremental', incremental_strategy='replace_changed', on_schema_change='fail',
    unique_key='person_id', changes='int_touches_changed'
) }}
-- changes: {{ changes_model('int_touches_changed') }}

with

touches as (

    select * from {{ ref('int_touches_gathered') }}

),

people as (

    select * from {{ ref('dim_people') }}

)

select
    touches.touch_id,
    touches.person_id,
    people.account_id,
    touches.kind,
    touches.source,
    touches.touched_at,
    touches.touched_date,
    touches.is_date_only,
    touches.channel,
    touches.own_channel,
    touches.campaign,
    touches.is_repeat,
    people.segment,
    people.region,
    people.owner_id
from touches
left join people on touches.person_id = people.person_id
