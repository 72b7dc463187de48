with

source as (

    {{ current_rows('shop', 'orders') }}

),

renamed as (

    select
        ---------- ids
        order_number,
        customer_id,

        ---------- text
        {{ normalise_email('email') }} as email,
        {{ no_placeholder('traffic_source') }} as traffic_source,
        coalesce(upper({{ no_placeholder('currency') }}), '{{ var("currency") }}') as currency,
        case {{ clean_text('status') }}
            when 'paid' then 'paid'
            when '支払済み' then 'paid'
            when 'cancelled' then 'cancelled'
            when 'キャンセル' then 'cancelled'
            when 'refunded' then 'refunded'
            when '返金済み' then 'refunded'
        end as order_status,

        ---------- numbers
        {{ parse_integer('item_count') }} as items,
        {{ parse_amount('total') }} as order_amount,

        ---------- times, wall clock made UTC
        {{ source_timestamp('shop', 'created_at') }} as ordered_at,

        ---------- text of casts, to show a failed one
        status,
        total,
        created_at,

        ---------- origin
        _file_name,
        _row_number
    from source

)

select * from renamed
