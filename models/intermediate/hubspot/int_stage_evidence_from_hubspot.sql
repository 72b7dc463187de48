{{ config(enabled='hubspot' in var('sources')) }}

-- What HubSpot knows of stages: became-a dates, date-entered columns, property history and current stage
-- of contacts and deals. The same entry may be known from several of them: the funnel takes the earliest.
-- A current stage has no time; it shows values that no mapping knows.

with

contacts as (

    select * from {{ ref('stg_hubspot__contacts') }}

),

contact_dates as (

    unpivot (
        select
            contact_id,
            became_lead_at as became_lead_date,
            became_mql_at as became_mql_date,
            became_sal_at as became_sal_date,
            became_sql_at as became_sql_date,
            became_opportunity_at as became_opportunity_date,
            became_customer_at as became_customer_date,
            disqualified_at as disqualified_date
        from contacts
    )
    on
        became_lead_date, became_mql_date, became_sal_date, became_sql_date,
        became_opportunity_date, became_customer_date, disqualified_date
    into name source_value value entered_at

),

lifecycle_stages as (

    select contact_id, lifecycle_stage, entered_at
    from {{ ref('int_contact_stage_dates_unpivoted') }}
    where entered_at is not null
    union all
    select contact_id, property_value as lifecycle_stage, property_changed_at as entered_at
    from {{ ref('stg_hubspot__contact_property_changes') }}
    where property_name = 'lifecyclestage' and property_changed_at is not null
    union all
    select contact_id, lifecycle_stage, null as entered_at
    from contacts

),

deal_stages as (

    select deal_id, deal_stage, entered_at
    from {{ ref('int_deal_stage_dates_unpivoted') }}
    where entered_at is not null
    union all
    select deal_id, property_value as deal_stage, property_changed_at as entered_at
    from {{ ref('stg_hubspot__deal_property_changes') }}
    where property_name = 'dealstage' and property_changed_at is not null
    union all
    select deal_id, deal_stage, null as entered_at
    from {{ ref('stg_hubspot__deals') }}

),

evidence as (

    select 'person' as entity_type, contact_id as source_entity_id, 'contact_date' as source_field, source_value, entered_at
    from contact_dates
    union all
    select 'person' as entity_type, contact_id as source_entity_id, 'lifecycle_stage' as source_field, lifecycle_stage, entered_at
    from lifecycle_stages
    union all
    select 'opportunity' as entity_type, deal_id as source_entity_id, 'deal_stage' as source_field, deal_stage, entered_at
    from deal_stages

)

select
    'hubspot' as source,
    *,
    false as is_date_only
from evidence
where source_value is not null
