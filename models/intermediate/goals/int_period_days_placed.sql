-- Days of the periods of each grain with their place: how many business days had passed, and which
-- of the period's equal parts (by business days) the day belongs to. A week has 5 parts, a month 5, a
-- quarter 6, a fiscal year 12; a day is whole.

with

days as (

    select * from {{ ref('dim_dates') }}

),

grains as (

    select
        'day' as grain,
        date_day as period_start,
        date_day,
        is_business_day,
        1 as parts
    from days
    union all
    select
        'week' as grain,
        week_start,
        date_day,
        is_business_day,
        5 as parts
    from days
    union all
    select
        'month' as grain,
        month_start,
        date_day,
        is_business_day,
        5 as parts
    from days
    union all
    select
        'fiscal_quarter' as grain,
        fiscal_quarter,
        date_day,
        is_business_day,
        6 as parts
    from days
    union all
    select
        'fiscal_year' as grain,
        fiscal_year,
        date_day,
        is_business_day,
        12 as parts
    from days

),

placed as (

    select
        *,
        count(*) filter (where is_business_day) over so_far as business_day_number,
        count(*) filter (where is_business_day) over (partition by grain, period_start) as business_days,
        max(date_day) over (partition by grain, period_start) as period_end
    from grains
    window so_far as (partition by grain, period_start order by date_day)

)

select
    *,
    cast(greatest(1, ceil(parts * business_day_number / greatest(1, business_days))) as integer) as part
from placed
