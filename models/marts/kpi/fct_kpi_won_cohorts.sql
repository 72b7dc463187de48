with

cohorts as (

    select * from {{ ref('int_kpi_won_cohorts_grouped') }}

)

select
    cohort_month || ':' || channel || ':' || coalesce(cast(won_month as varchar), '') || ':'
    || coalesce(cast(amount as varchar), '') || ':' || chance_to_win as kpi_won_cohort_id,
    cohort_month,
    channel,
    won_month,
    amount,
    chance_to_win,
    opportunities
from cohorts
