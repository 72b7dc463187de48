{{ config(enabled='hubspot' in var('sources')) }}

-- Cells of HubSpot exports whose text is no date or number.

with

failures as (

    {{ cast_failures('hubspot', 'contacts', ref('stg_hubspot__contacts'), {
        'create_date': 'created_at', 'became_lead_date': 'became_lead_at',
        'became_mql_date': 'became_mql_at', 'became_sal_date': 'became_sal_at',
        'became_sql_date': 'became_sql_at', 'disqualified_date': 'disqualified_at'
    }) }}
    union all
    {{ cast_failures('hubspot', 'companies', ref('stg_hubspot__companies'), {
        'create_date': 'created_at', 'number_of_employees': 'employee_count'
    }) }}
    union all
    {{ cast_failures('hubspot', 'deals', ref('stg_hubspot__deals'), {
        'create_date': 'created_at', 'close_date': 'close_at', 'amount': 'deal_amount'
    }) }}
    union all
    {{ cast_failures('hubspot', 'deals', ref('int_deal_stage_dates_unpivoted'), {
        'entered_date': 'entered_at'
    }) }}

)

select * from failures
