{{ config(enabled='hubspot' in var('sources'), materialized='view') }}

-- HubSpot companies in the shape of the input `accounts`.

with

companies as (

    select * from {{ ref('stg_hubspot__companies') }}

)

select
    'hubspot' as source,
    company_id as source_account_id,
    company_name,
    domain,
    industry,
    region,
    employee_count,
    created_at
from companies
