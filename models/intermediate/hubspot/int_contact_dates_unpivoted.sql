{{ config(enabled='hubspot' in var('sources'), materialized='view') }}

-- One row per contact and date that it keeps of a lifecycle stage.

with

contacts as (

    select * from {{ ref('stg_hubspot__contacts') }}

),

unpivoted as (

    unpivot contacts
    on
    (became_lead_at, became_lead_date) as became_lead_date,
    (became_mql_at, became_mql_date) as became_mql_date,
    (became_sal_at, became_sal_date) as became_sal_date,
    (became_sql_at, became_sql_date) as became_sql_date,
    (became_opportunity_at, became_opportunity_date) as became_opportunity_date,
    (became_customer_at, became_customer_date) as became_customer_date,
    (disqualified_at, disqualified_date) as disqualified_date
    into name source_value value entered_at, entered_text

)

select * from unpivoted
