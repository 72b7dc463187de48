{{ config(enabled='salesforce' in var('sources')) }}

-- Cells of Salesforce exports whose text is no id, date, time or number.

with

failures as (

    {{ cast_failures('salesforce', 'leads', ref('stg_salesforce__leads'), {
        'id': 'valid_id', 'created_date': 'created_at', 'last_modified_date': 'last_modified_at',
        'converted_date': 'conversion_date', 'mql_date': 'became_mql_at', 'sal_date': 'became_sal_at',
        'sql_date': 'became_sql_at', 'disqualified_date': 'disqualified_at',
        'number_of_employees': 'employee_count'
    }) }}
    union all
    {{ cast_failures('salesforce', 'contacts', ref('stg_salesforce__contacts'), {
        'id': 'valid_id', 'created_date': 'created_at', 'last_modified_date': 'last_modified_at'
    }) }}
    union all
    {{ cast_failures('salesforce', 'accounts', ref('stg_salesforce__accounts'), {
        'id': 'valid_id', 'created_date': 'created_at', 'number_of_employees': 'employee_count',
        'annual_revenue': 'annual_revenue_amount'
    }) }}
    union all
    {{ cast_failures('salesforce', 'opportunities', ref('stg_salesforce__opportunities'), {
        'id': 'valid_id', 'created_date': 'created_at', 'last_modified_date': 'last_modified_at',
        'close_date': 'closing_date', 'amount': 'opportunity_amount', 'probability': 'probability_percent'
    }) }}
    union all
    {{ cast_failures('salesforce', 'opportunity_contact_roles', ref('stg_salesforce__opportunity_contact_roles'), {
        'id': 'valid_id', 'created_date': 'created_at'
    }) }}
    union all
    {{ cast_failures('salesforce', 'opportunity_history', ref('stg_salesforce__opportunity_changes'), {
        'id': 'valid_id', 'created_date': 'changed_at', 'opportunity_created_date': 'opportunity_created_at',
        'close_date': 'closing_date', 'amount': 'opportunity_amount', 'probability': 'probability_percent'
    }) }}
    union all
    {{ cast_failures('salesforce', 'opportunity_field_history', ref('stg_salesforce__opportunity_field_changes'), {
        'id': 'valid_id', 'created_date': 'changed_at'
    }) }}
    union all
    {{ cast_failures('salesforce', 'lead_history', ref('stg_salesforce__lead_field_changes'), {
        'id': 'valid_id', 'created_date': 'changed_at'
    }) }}
    union all
    {{ cast_failures('salesforce', 'campaigns', ref('stg_salesforce__campaigns'), {
        'id': 'valid_id', 'created_date': 'created_at', 'start_date': 'first_date', 'end_date': 'last_date',
        'budgeted_cost': 'budgeted_cost_amount', 'actual_cost': 'actual_cost_amount'
    }) }}
    union all
    {{ cast_failures('salesforce', 'campaign_members', ref('stg_salesforce__campaign_members'), {
        'id': 'valid_id', 'created_date': 'created_at', 'first_responded_date': 'first_response_date'
    }) }}

)

select * from failures
