-- Days with their calendar and fiscal periods, and which are business days.

with

days as (

    select cast(unnest(generate_series(
        timestamp '{{ var("calendar_start") }}',
        cast(date_trunc('year', {{ as_of() }}) + interval 3 year - interval 1 day as timestamp),
        interval 1 day
    )) as date) as date_day

),

holidays as (

    select * from {{ ref('int_holidays_listed') }}

),

closures as (

    select * from {{ ref('company_closures') }}

),

listed as (

    select
        days.date_day,
        cast(date_trunc('week', days.date_day) as date) as week_start,
        cast(date_trunc('month', days.date_day) as date) as month_start,
        {{ fiscal_period_start('days.date_day', 3) }} as fiscal_quarter,
        {{ fiscal_period_start('days.date_day', 6) }} as fiscal_half,
        {{ fiscal_period_start('days.date_day', 12) }} as fiscal_year,
        cast(isodow(days.date_day) as integer) as iso_weekday,
        isodow(days.date_day) <= 5
        and holidays.holiday_date is null
        and closures.closed_date is null as is_business_day,
        coalesce(closures.name_en, holidays.name_en) as holiday_name_en,
        coalesce(closures.name_ja, holidays.name_local) as holiday_name_local
    from days
    left join holidays on days.date_day = holidays.holiday_date
    left join closures on days.date_day = closures.closed_date

)

select
    *,
    {{ business_day_number('month_start') }} as business_day_of_month,
    {{ business_day_number('fiscal_quarter') }} as business_day_of_fiscal_quarter,
    {{ business_day_number('fiscal_half') }} as business_day_of_fiscal_half,
    {{ business_day_number('fiscal_year') }} as business_day_of_fiscal_year,
    cast(count(*) filter (where is_business_day) over (partition by month_start) as integer) as business_days_of_month
from listed
