with

costs as (

    select * from {{ ref('int_acquisition_costs_dated') }}

),

customers as (

    select
        channel,
        closed_date
    from {{ ref('fct_opportunities') }}
    where is_new_customer

),

known_months as (

    select
        cost_months.is_media_known,
        cost_months.is_full_known,
        lags.lag_months,
        cast(cost_months.cost_month + to_months(lags.lag_months) as date) as acquisition_month
    from {{ ref('int_acquisition_cost_months') }} as cost_months
    cross join {{ ref('int_acquisition_lags_measured') }} as lags

),

unioned as (

    select
        basis,
        channel,
        acquisition_date,
        cost_amount,
        is_media,
        0 as new_customers
    from costs
    where acquisition_date <= {{ as_of() }}
    union all
    select
        'paid' as basis,
        channel,
        closed_date as acquisition_date,
        0 as cost_amount,
        true as is_media,
        1 as new_customers
    from customers
    union all
    select
        'fully_loaded' as basis,
        null as channel,
        closed_date as acquisition_date,
        0 as cost_amount,
        true as is_media,
        1 as new_customers
    from customers

)

select
    unioned.basis || ':' || coalesce(unioned.channel, 'all') || ':' || unioned.acquisition_date as acquisition_day_id,
    unioned.basis,
    unioned.channel,
    unioned.acquisition_date,
    known_months.lag_months,
    cast(coalesce(sum(unioned.cost_amount) filter (where unioned.is_media), 0) as decimal(18, 6)) as media_cost_amount,
    cast(coalesce(sum(unioned.cost_amount) filter (where not unioned.is_media), 0) as decimal(18, 6)) as other_cost_amount,
    cast(sum(unioned.cost_amount) as decimal(18, 6)) as cost_amount,
    cast(sum(unioned.new_customers) as bigint) as new_customers,
    coalesce(
        case when unioned.basis = 'paid' then known_months.is_media_known else known_months.is_full_known end, false
    ) as is_cost_known
from unioned
left join known_months on date_trunc('month', unioned.acquisition_date) = known_months.acquisition_month
group by unioned.basis, unioned.channel, unioned.acquisition_date, known_months.lag_months, is_cost_known
