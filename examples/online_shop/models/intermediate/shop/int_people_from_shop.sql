-- Customers in the shape of Keiro's input `people`: known since their first order, by its channel.

with

orders as (

    select * from {{ ref('stg_shop__orders') }}
    where order_status != 'cancelled'

),

channels as (

    select * from {{ ref('channel_mapping') }}
    where source = 'shop'

)

select
    'shop' as source,
    orders.customer_id as source_person_id,
    orders.email,
    channels.channel,
    orders.ordered_at as created_at
from orders
left join channels on orders.traffic_source = channels.source_value
qualify row_number() over (partition by orders.customer_id order by orders.ordered_at, orders.order_number) = 1
