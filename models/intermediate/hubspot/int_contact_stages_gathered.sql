{{ config(enabled='hubspot' in var('sources')) }}

-- When contacts came into lifecycle stages, by the columns that HubSpot keeps for it and by property
-- history, after its last entry by the differences between snapshots; and the current stage, which has no time.

with

contacts as (

    select * from {{ ref('stg_hubspot__contacts') }}

),

dated as (

    select
        contact_id,
        'contact_date' as source_field,
        source_value,
        entered_at,
        {{ source_date_only('hubspot', 'entered_text', 'entered_at') }} as is_date_only
    from {{ ref('int_contact_dates_unpivoted') }}
    union all
    select
        contact_id,
        'lifecycle_stage' as source_field,
        lifecycle_stage as source_value,
        entered_at,
        {{ source_date_only('hubspot', 'entered_date', 'entered_at') }} as is_date_only
    from {{ ref('int_contact_stage_dates_unpivoted') }}
    where entered_at is not null
    union all
    select
        contact_id,
        'lifecycle_stage' as source_field,
        property_value as source_value,
        property_changed_at as entered_at,
        {{ source_date_only('hubspot', 'changed_at', 'property_changed_at') }} as is_date_only
    from {{ ref('stg_hubspot__contact_property_changes') }}
    where property_name = 'lifecyclestage' and property_changed_at is not null

),

lifecycles as (

    select
        contact_id,
        source_value,
        entered_at,
        is_date_only
    from dated
    where source_field = 'lifecycle_stage'

),

observed as (

    {{ stages_observed_after('contacts', 'lifecycles', 'contact_id', 'source_value') }}

),

gathered as (

    select * from dated
    union all
    select
        contact_id,
        'lifecycle_stage' as source_field,
        source_value,
        entered_at,
        is_date_only
    from observed
    union all
    select
        contact_id,
        'lifecycle_stage' as source_field,
        lifecycle_stage as source_value,
        null as entered_at,
        false as is_date_only
    from contacts

)

select * from gathered
where source_value is not null
