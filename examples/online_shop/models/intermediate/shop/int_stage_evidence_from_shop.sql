-- The first and the second order of a customer; cancelled ones do not count.

with

numbered as (

    select
        customer_id,
        ordered_at,
        row_number() over (partition by customer_id order by ordered_at, order_number) as nth
    from {{ ref('stg_shop__orders') }}
    where order_status != 'cancelled'

)

select
    'shop' as source,
    'person' as entity_type,
    customer_id as source_entity_id,
    'order' as source_field,
    case nth when 1 then 'first' else 'second' end as source_value,
    ordered_at as entered_at,
    false as is_date_only
from numbered
where nth <= 2
