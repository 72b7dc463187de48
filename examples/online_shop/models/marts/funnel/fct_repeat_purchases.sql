with

conversions as (

    select * from {{ ref('fct_stage_conversions') }}
    where stage_pair = 'first_to_second_order'

)

select
    conversion_id as repeat_purchase_id,
    channel,
    entered_date as first_order_date,
    converted_date as second_order_date,
    lag_days,
    is_mature as is_followed,
    is_converted_within_horizon as is_repeated
from conversions
