with

opportunities as (

    select * from {{ ref('int_opportunities_scoped') }}

),

cohorts as (

    select
        cast(date_trunc('month', created_date) as date) as cohort_month,
        scope,
        max(horizon_days) as horizon_days,
        count(*) as n,
        count(*) filter (where is_followed) as n_followed,
        count(*) filter (where is_followed and is_won_within_horizon) as n_won,
        count(amount) filter (where is_followed and is_won_within_horizon) as n_won_with_amount,
        sum(amount) filter (where is_followed and is_won_within_horizon) as won_amount,
        median(days_to_close) filter (where is_followed and is_won_within_horizon) as cycle_days
    from opportunities
    group by cohort_month, scope

),

factors as (

    select
        *,
        n_won / nullif(n_followed, 0) as win_rate,
        cast(won_amount as double) / nullif(n_won_with_amount, 0) as average_deal_amount
    from cohorts

)

select
    cohort_month || ':' || scope as sales_velocity_id,
    cohort_month,
    scope,
    horizon_days,
    n,
    n_followed,
    n_won,
    n_won_with_amount,
    win_rate,
    average_deal_amount,
    cycle_days,
    -- Dates know no hours: a deal won on the day of its creation took one day at most.
    n_followed * win_rate * average_deal_amount / greatest(cycle_days, 1) as amount_per_day,
    n_followed / n as maturity,
    case
        -- The mean amount and the median cycle rest on the won ones only.
        when n_won_with_amount < {{ var('minimum_denominator') }} then 'insufficient'
        when n_followed < n or last_day(cohort_month) + horizon_days > {{ as_of() }} then 'provisional'
        else 'final'
    end as status
from factors
