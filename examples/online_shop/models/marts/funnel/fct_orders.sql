with

orders as (

    select * from {{ ref('stg_shop__orders') }}

),

channels as (

    select * from {{ ref('channel_mapping') }}
    where source = 'shop'

)

select
    {{ pseudonymise("'shop:order:' || orders.order_number") }} as order_id,
    {{ pseudonymise("'shop:customer:' || orders.customer_id") }} as customer_id,
    coalesce(channels.channel, 'other') as channel,
    orders.order_status,
    {{ to_local_date('orders.ordered_at') }} as order_date,
    orders.ordered_at,
    cast(orders.items as bigint) as item_count,
    cast(orders.order_amount as decimal(18, 2)) as order_amount,
    orders.currency,
    row_number() over (
        partition by orders.customer_id, coalesce(orders.order_status, '') = 'paid'
        order by orders.ordered_at, orders.order_number
    ) = 1 and coalesce(orders.order_status, '') = 'paid' as is_first_paid
from orders
left join channels on orders.traffic_source = channels.source_value
where orders.ordered_at < {{ as_of_end_utc() }}
