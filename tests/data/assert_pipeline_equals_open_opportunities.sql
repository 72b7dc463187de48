-- A row is a difference between the last day's open pipeline and the amounts of the opportunities
-- that are open: two ways to the same number. Data engineering acts.

with

last_day as (

    select sum(open_amount) as amount
    from {{ ref('fct_pipeline_days') }}
    where date_day = {{ as_of() }}

),

open_opportunities as (

    select sum(amount) as amount
    from {{ ref('fct_opportunities') }}
    where is_open and amount is not null

)

select
    last_day.amount as amount_of_last_day,
    open_opportunities.amount as amount_of_open_opportunities
from last_day
cross join open_opportunities
where coalesce(last_day.amount, 0) != coalesce(open_opportunities.amount, 0)
