{{ config(enabled='hubspot' in var('sources')) }}

-- When contacts came into lifecycle stages, by the columns that HubSpot keeps for it and by property
-- history, and the current stage, which has no time.

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
    on became_lead_date, became_mql_date, became_sal_date, became_sql_date,
    became_opportunity_date, became_customer_date, disqualified_date
    into name source_value value entered_at

),

gathered as (

    select
        contact_id,
        'contact_date' as source_field,
        source_value,
        entered_at
    from contact_dates
    union all
    select
        contact_id,
        'lifecycle_stage' as source_field,
        lifecycle_stage as source_value,
        entered_at
    from {{ ref('int_contact_stage_dates_unpivoted') }}
    where entered_at is not null
    union all
    select
        contact_id,
        'lifecycle_stage' as source_field,
        property_value as source_value,
        property_changed_at as entered_at
    from {{ ref('stg_hubspot__contact_property_changes') }}
    where property_name = 'lifecyclestage' and property_changed_at is not null
    union all
    select
        contact_id,
        'lifecycle_stage' as source_field,
        lifecycle_stage as source_value,
        null as entered_at
    from contacts

)

select * from gathered
where source_value is not null
