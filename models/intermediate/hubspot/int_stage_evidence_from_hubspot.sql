{{ config(enabled='hubspot' in var('sources')) }}

-- What HubSpot knows of stages: became-a dates and current stage of contacts, dates and current
-- stage of deals. A current stage has no time; it shows values that no mapping knows.

with

contacts as (

    select * from {{ ref('stg_hubspot__contacts') }}

),

deals as (

    select * from {{ ref('stg_hubspot__deals') }}

),

deal_stage_dates as (

    select * from {{ ref('int_deal_stage_dates_unpivoted') }}

),

contact_dates as (

    unpivot (
        select
            contact_id,
            became_lead_at as became_lead_date,
            became_mql_at as became_mql_date,
            became_sal_at as became_sal_date,
            became_sql_at as became_sql_date,
            disqualified_at as disqualified_date
        from contacts
    )
    on became_lead_date, became_mql_date, became_sal_date, became_sql_date, disqualified_date
    into name source_value value entered_at

),

evidence as (

    select
        'person' as entity_type,
        contact_id as source_entity_id,
        'contact_date' as source_field,
        source_value,
        entered_at
    from contact_dates
    union all
    select
        'person' as entity_type,
        contact_id as source_entity_id,
        'lifecycle_stage' as source_field,
        lifecycle_stage as source_value,
        null as entered_at
    from contacts
    where lifecycle_stage is not null
    union all
    select
        'opportunity' as entity_type,
        deal_id as source_entity_id,
        'deal_stage' as source_field,
        deal_stage as source_value,
        entered_at
    from deal_stage_dates
    where entered_at is not null
    union all
    select
        'opportunity' as entity_type,
        deal_id as source_entity_id,
        'deal_stage' as source_field,
        deal_stage as source_value,
        null as entered_at
    from deals
    where deal_stage is not null

)

select
    'hubspot' as source,
    *,
    false as is_date_only
from evidence
