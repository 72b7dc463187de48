-- Deals in the shape of Keiro's input `opportunities`. Only won ones are exported, without amounts
-- that could be trusted (the declared revenue is filled in 45 of 842 rows).

with

closed_deals as (

    select * from {{ ref('stg_olist__closed_deals') }}

)

select
    'olist' as source,
    mql_id as source_opportunity_id,
    mql_id as source_person_id,
    'deal' as source_field,
    'closed' as source_value,
    won_at as created_at,
    won_at as close_at
from closed_deals
