-- Cells of orders whose text is no state, amount or time.

with

failures as (

    {{ cast_failures('shop', 'orders', ref('stg_shop__orders'), {
        'status': 'order_status', 'total': 'order_amount', 'created_at': 'ordered_at'
    }) }}

)

select * from failures
