{{ config(enabled='hubspot' in var('sources')) }}

-- Records that HubSpot merged into others, by the lists that the survivor carries, by the merge audit of
-- contacts and by the list of merged deals, in the shape of the input `merged_ids`. A record that was
-- merged more than once has a row for each survivor that is named; who reads them follows the chain.

with

lists as (

    select
        'person' as entity_type,
        contact_id as surviving_id,
        concat_ws(';', merged_object_ids, calculated_merged_vids, all_vids) as merged_list
    from {{ ref('stg_hubspot__contacts') }}
    union all
    select
        'account' as entity_type,
        company_id as surviving_id,
        merged_object_ids as merged_list
    from {{ ref('stg_hubspot__companies') }}
    union all
    select
        'opportunity' as entity_type,
        deal_id as surviving_id,
        merged_object_ids as merged_list
    from {{ ref('stg_hubspot__deals') }}
    union all
    select
        'person' as entity_type,
        surviving_contact_id as surviving_id,
        merged_contact_id as merged_list
    from {{ ref('stg_hubspot__contact_merges') }}
    union all
    select
        'opportunity' as entity_type,
        surviving_deal_id as surviving_id,
        merged_deal_id as merged_list
    from {{ ref('stg_hubspot__deal_merges') }}

),

entries as (

    select
        entity_type,
        surviving_id,
        unnest(string_split(merged_list, ';')) as entry
    from lists

),

-- An entry is an id, or an id with its time after a colon.
merged as (

    select
        entity_type,
        surviving_id,
        trim(split_part(entry, ':', 1)) as merged_id
    from entries

)

select distinct
    'hubspot' as source,
    entity_type,
    merged_id,
    surviving_id
from merged
where merged_id != '' and merged_id != surviving_id
