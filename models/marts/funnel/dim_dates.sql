with

days as (

    select * from {{ ref('int_dates_listed') }}

),

business_days as (

    select * from {{ ref('int_dates_listed') }}
    where is_business_day

),

months as (

    select distinct
        month_start,
        business_days_of_month
    from {{ ref('int_dates_listed') }}

),

placed as (

    -- A month with fewer business days is compared by its last one, a day before the first by the first.
    select
        days.*,
        greatest(1, least(days.business_day_of_month, last_month.business_days_of_month)) as number_last_month,
        greatest(1, least(days.business_day_of_month, last_year.business_days_of_month)) as number_last_year
    from days
    left join months as last_month on days.month_start = last_month.month_start + interval 1 month
    left join months as last_year on days.month_start = last_year.month_start + interval 1 year

)

select
    placed.date_day,
    placed.week_start,
    placed.month_start,
    placed.fiscal_quarter,
    placed.fiscal_half,
    placed.fiscal_year,
    placed.iso_weekday,
    placed.is_business_day,
    placed.holiday_name_en,
    placed.holiday_name_local,
    placed.business_day_of_month,
    placed.business_day_of_fiscal_quarter,
    placed.business_day_of_fiscal_half,
    placed.business_day_of_fiscal_year,
    placed.business_days_of_month,
    {{ fiscal_label('placed', 'year', 'en') }} as fiscal_year_label_en,
    {{ fiscal_label('placed', 'year', 'ja') }} as fiscal_year_label_ja,
    {{ fiscal_label('placed', 'half', 'en') }} as fiscal_half_label_en,
    {{ fiscal_label('placed', 'half', 'ja') }} as fiscal_half_label_ja,
    {{ fiscal_label('placed', 'quarter', 'en') }} as fiscal_quarter_label_en,
    {{ fiscal_label('placed', 'quarter', 'ja') }} as fiscal_quarter_label_ja,
    cast(placed.date_day - interval 1 month as date) as same_date_last_month,
    cast(placed.date_day - interval 1 year as date) as same_date_last_year,
    last_month.date_day as same_business_day_last_month,
    last_year.date_day as same_business_day_last_year
from placed
left join business_days as last_month
    on
        placed.month_start = last_month.month_start + interval 1 month
        and placed.number_last_month = last_month.business_day_of_month
left join business_days as last_year
    on
        placed.month_start = last_year.month_start + interval 1 year
        and placed.number_last_year = last_year.business_day_of_month
