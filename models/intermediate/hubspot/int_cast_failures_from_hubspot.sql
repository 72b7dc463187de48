{{ config(enabled='hubspot' in var('sources')) }}

-- Cells of HubSpot exports whose text is no date or number. A deal without a create date has no place in
-- time and takes part in nothing: its blank cell is listed as well.

with

failures as (

    {{ cast_failures('hubspot', 'contacts', ref('stg_hubspot__contacts'), {
        'create_date': 'created_at', 'became_lead_date': 'became_lead_at',
        'became_mql_date': 'became_mql_at', 'became_sal_date': 'became_sal_at',
        'became_sql_date': 'became_sql_at', 'became_opportunity_date': 'became_opportunity_at',
        'became_customer_date': 'became_customer_at', 'disqualified_date': 'disqualified_at',
        'first_visit_date': 'first_visit_at'
    }) }}
    union all
    {{ cast_failures('hubspot', 'contacts', ref('int_contact_stage_dates_unpivoted'), {
        'entered_date': 'entered_at'
    }) }}
    union all
    {{ cast_failures('hubspot', 'companies', ref('stg_hubspot__companies'), {
        'create_date': 'created_at', 'number_of_employees': 'employee_count',
        'annual_revenue': 'annual_revenue_amount'
    }) }}
    union all
    {{ cast_failures('hubspot', 'deals', ref('stg_hubspot__deals'), {
        'create_date': 'created_at', 'close_date': 'close_at', 'amount': 'deal_amount'
    }) }}
    union all
    {{ cast_failures('hubspot', 'deals', ref('int_deal_stage_dates_unpivoted'), {
        'entered_date': 'entered_at'
    }) }}
    union all
    {{ cast_failures('hubspot', 'contact_property_history', ref('stg_hubspot__contact_property_changes'), {
        'changed_at': 'property_changed_at'
    }) }}
    union all
    {{ cast_failures('hubspot', 'deal_property_history', ref('stg_hubspot__deal_property_changes'), {
        'changed_at': 'property_changed_at'
    }) }}
    union all
    {{ cast_failures('hubspot', 'contact_merge_audit', ref('stg_hubspot__contact_merges'), {
        'merged_at': 'contacts_merged_at'
    }) }}
    union all
    {{ cast_failures('hubspot', 'email_events', ref('stg_hubspot__email_events'), {
        'created': 'occurred_at'
    }) }}

),

undated as (

    select
        'hubspot' as source,
        'deals' as object,
        _file_name as file_name,
        _row_number as row_number,
        'create_date' as column_name,
        coalesce(create_date, '') as text_value,
        null as cell_count
    from {{ ref('stg_hubspot__deals') }}
    where created_at is null and {{ no_placeholder('create_date') }} is null

)

select * from failures
union all
select * from undated
