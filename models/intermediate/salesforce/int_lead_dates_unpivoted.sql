{{ config(enabled='salesforce' in var('sources')) }}

-- The times that a Salesforce lead carries of itself: its creation and the custom stage dates.

with

leads as (

    select * from {{ ref('stg_salesforce__leads') }}

),

dates as (

    unpivot leads
    on
    (created_at, created_date) as lead_created,
    (became_mql_at, mql_date) as mql_date,
    (became_sal_at, sal_date) as sal_date,
    (became_sql_at, sql_date) as sql_date,
    (disqualified_at, disqualified_date) as disqualified_date
    into name source_value value entered_at, entered_text

)

select
    lead_id,
    source_value,
    entered_at,
    {{ source_date_only('salesforce', 'entered_text', 'entered_at') }} as is_date_only
from dates
