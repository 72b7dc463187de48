-- Past dates at which forecasts are replayed: after a quarter, half and three quarters of the business
-- days of past months and fiscal quarters, for the KGI and the main KPIs, with what the periods came to.

with

kpis as (

    select * from {{ ref('int_kpis_listed') }}
    where role in ('kgi', 'main') and (kind in ('count', 'amount') or is_quotient)

),

days as (

    select * from {{ ref('int_period_days_placed') }}
    where is_business_day and grain in ('month', 'fiscal_quarter')

),

finals as (

    select
        metric,
        grain,
        period_start,
        period_end,
        value,
        avg(value) over earlier as earlier_mean,
        count(value) over earlier as earlier_periods
    from {{ ref('fct_kpi_values') }}
    where scope = 'all' and grain in ('month', 'fiscal_quarter') and status = 'final' and trust != 'withheld'
    window earlier as (partition by metric, grain order by period_start rows between 3 preceding and 1 preceding)

),

shares as (

    select unnest([0.25, 0.5, 0.75]) as share

),

replays as (

    select
        finals.*,
        days.date_day as replayed_on,
        days.business_days - days.business_day_number as business_days_left,
        days.business_day_number / days.business_days as share_passed
    from finals
    inner join kpis on finals.metric = kpis.metric
    inner join days
        on
            finals.grain = days.grain
            and finals.period_start = days.period_start
    cross join shares
    where
        finals.earlier_periods = 3
        and days.business_day_number = greatest(1, round(shares.share * days.business_days))
        and finals.period_start >= {{ as_of() }} - to_days(case finals.grain when 'month' then 396 else 761 end)

)

select
    metric,
    grain,
    period_start,
    period_end,
    cast(replayed_on as date) as replayed_on,
    cast(business_days_left as integer) as business_days_left,
    share_passed,
    value,
    earlier_mean
from replays
