with

days as (

    select
        *,
        cast(date_trunc('month', acquisition_date) as date) as acquisition_month
    from {{ ref('fct_acquisition_days') }}

),

lags as (

    select * from {{ ref('int_acquisition_lags_measured') }}

),

scoped as (

    select
        *,
        'all' as scope
    from days
    union all
    select
        *,
        'channel=' || channel as scope
    from days
    where channel is not null

),

-- Both bases hold the same customers, so they are counted under one of them.
months as (

    select
        acquisition_month,
        scope,
        sum(new_customers) filter (where basis = 'paid') as new_customers,
        coalesce(bool_and(is_cost_known) filter (where basis = 'paid'), false) as is_media_known,
        coalesce(bool_and(is_cost_known) filter (where basis = 'fully_loaded'), false) as is_full_known,
        -- A month's other cost was spread over its days: rounded, it is whole again.
        cast(sum(media_cost_amount) filter (where basis = 'paid') as decimal(18, 2)) as media_cost_amount,
        cast(sum(other_cost_amount) filter (where basis = 'fully_loaded') as decimal(18, 2)) as other_cost_amount,
        cast(sum(cost_amount) filter (where basis = 'fully_loaded') as decimal(18, 2)) as full_cost_amount
    from scoped
    group by acquisition_month, scope

),

divided as (

    select
        months.*,
        lags.lag_months,
        case when months.is_media_known then months.media_cost_amount / nullif(months.new_customers, 0) end as cac_paid,
        case when months.is_full_known then months.full_cost_amount / nullif(months.new_customers, 0) end as cac_fully_loaded,
        date_diff('day', months.acquisition_month, least(last_day(months.acquisition_month), {{ as_of() }})) + 1 as passed_days
    from months
    cross join lags

)

select
    acquisition_month || ':' || scope as acquisition_cost_id,
    acquisition_month,
    scope,
    cast(acquisition_month - to_months(lag_months) as date) as cost_month,
    lag_months,
    cast(coalesce(new_customers, 0) as bigint) as new_customers,
    case when is_media_known then media_cost_amount end as media_cost_amount,
    case when is_full_known then other_cost_amount end as other_cost_amount,
    cac_paid,
    cac_fully_loaded,
    passed_days / extract(day from last_day(acquisition_month)) as maturity,
    {{ acquisition_cost_status('cac_paid') }} as cac_paid_status,
    {{ acquisition_cost_status('cac_fully_loaded') }} as cac_fully_loaded_status
from divided
