{{ config(enabled='marketo' in var('sources')) }}

-- Leads that were merged into others, by the activities that say so (type 32), in the shape of the input
-- `merged_ids`. Activities of a merged lead keep its old id.

with

activities as (

    select * from {{ ref('stg_marketo__activities') }}
    where type_id = 32

)
,

merged as (

    select
        lead_id as surviving_id,
        unnest(regexp_extract_all(attribute_values['merge_ids'], '[0-9]+')) as merged_id
    from activities

)

select distinct
    'marketo' as source,
    'person' as entity_type,
    merged_id,
    surviving_id
from merged
where merged_id != surviving_id
