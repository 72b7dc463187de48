-- A row is a target whose period_start is no first day of a period of its grain, so that it would be
-- compared with nothing. Whoever wrote the target corrects seeds/kpi_targets.csv.

with

targets as (

    select * from {{ ref('kpi_targets') }}

),

dates as (

    select * from {{ ref('dim_dates') }}

)

select
    targets.metric,
    targets.grain,
    targets.period_start
from targets
left join dates on targets.period_start = dates.date_day
where
    targets.effective_from is null
    or targets.period_start is distinct from case targets.grain
        when 'day' then dates.date_day
        when 'week' then dates.week_start
        when 'month' then dates.month_start
        when 'fiscal_quarter' then dates.fiscal_quarter
        when 'fiscal_year' then dates.fiscal_year
    end
