-- Cost on the day of the month whose customers it is held against: the lag later, the last day of a
-- shorter month where there is no such day. Each cost stands once under `paid` (media only, by channel)
-- and once under `fully_loaded`, which has no channel. Cost of a month spreads evenly over its days.

with

lags as (

    select * from {{ ref('int_acquisition_lags_measured') }}

),

media as (

    select
        channel,
        cost_date,
        cost_amount,
        true as is_media
    from {{ ref('fct_costs') }}

),

other as (

    select
        cast(null as varchar) as channel,
        days.date_day as cost_date,
        other_costs.cost_amount / count(*) over (
            partition by other_costs.cost_month, other_costs.department, other_costs.category
        ) as cost_amount,
        false as is_media
    from {{ ref('other_costs') }} as other_costs
    inner join {{ ref('dim_dates') }} as days on other_costs.cost_month = days.month_start

),

unioned as (

    select
        'paid' as basis,
        *
    from media
    union all
    select
        'fully_loaded' as basis,
        * replace (cast(null as varchar) as channel)
    from media
    union all
    select
        'fully_loaded' as basis,
        *
    from other

)

select
    unioned.basis,
    unioned.channel,
    cast(unioned.cost_date + to_months(lags.lag_months) as date) as acquisition_date,
    unioned.cost_amount,
    unioned.is_media
from unioned
cross join lags
