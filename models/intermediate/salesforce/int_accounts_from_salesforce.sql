{{ config(enabled='salesforce' in var('sources')) }}

-- Salesforce accounts in the shape of the input `accounts`.

with

accounts as (

    select * from {{ ref('stg_salesforce__accounts') }}
    where not is_deleted

)

select
    'salesforce' as source,
    account_id as source_account_id,
    industry,
    region,
    employee_count,
    created_at,
    company_name,
    domain
from accounts
