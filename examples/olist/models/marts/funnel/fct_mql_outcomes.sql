with

conversions as (

    select * from {{ ref('fct_stage_conversions') }}
    where stage_pair = 'mql_to_won'

)

select
    conversion_id as mql_outcome_id,
    channel,
    entered_date as first_contact_date,
    converted_date as won_date,
    lag_days as days_to_won,
    is_converted as is_won
from conversions
