-- One row per grain and period that has begun as of the as-of date, with its business days.

with

days as (

    select * from {{ ref('dim_dates') }}

),

grains as (

    select
        date_day,
        is_business_day,
        'day' as grain,
        date_day as period_start
    from days
    union all
    select
        date_day,
        is_business_day,
        'week' as grain,
        week_start
    from days
    union all
    select
        date_day,
        is_business_day,
        'month' as grain,
        month_start
    from days
    union all
    select
        date_day,
        is_business_day,
        'fiscal_quarter' as grain,
        fiscal_quarter
    from days
    union all
    select
        date_day,
        is_business_day,
        'fiscal_year' as grain,
        fiscal_year
    from days

)

select
    grain,
    period_start,
    max(date_day) as period_end,
    count(*) filter (where is_business_day) as business_days,
    count(*) filter (where is_business_day and date_day <= {{ as_of() }}) as business_days_passed
from grains
where period_start <= {{ as_of() }}
group by grain, period_start
