-- With what the running month, fiscal quarter and fiscal year are compared: the period before and the same
-- one a year before, up to the same date or up to the business day of the same number.

with

days as (

    select * from {{ ref('int_period_days_placed') }}
    where grain in ('month', 'fiscal_quarter', 'fiscal_year')

),

running as (

    select * from days
    where date_day = {{ as_of() }}

),

compared as (

    select
        running.*,
        'previous_period' as compared_with,
        cast(running.period_start - to_months(case running.grain when 'month' then 1 else 3 end) as date) as compared_start
    from running
    where running.grain != 'fiscal_year'
    union all
    select
        running.*,
        'previous_year' as compared_with,
        cast(running.period_start - interval 1 year as date) as compared_start
    from running

)

select
    compared.grain,
    compared.period_start,
    compared.compared_with,
    'date' as basis,
    compared.compared_start,
    max(days.date_day) as compared_through
from compared
inner join days
    on
        compared.grain = days.grain
        and compared.compared_start = days.period_start
        and days.date_day - days.period_start <= compared.date_day - compared.period_start
group by compared.grain, compared.period_start, compared.compared_with, compared.compared_start
union all
select
    compared.grain,
    compared.period_start,
    compared.compared_with,
    'business_day' as basis,
    compared.compared_start,
    coalesce(
        -- Before the first business day: the first day alone.
        min(days.date_day) filter (where days.business_day_number = least(compared.business_day_number, days.business_days)),
        compared.compared_start
    ) as compared_through
from compared
inner join days
    on
        compared.grain = days.grain
        and compared.compared_start = days.period_start
group by compared.grain, compared.period_start, compared.compared_with, compared.compared_start
