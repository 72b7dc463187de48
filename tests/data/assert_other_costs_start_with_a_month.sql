-- A row is a line of the seed `other_costs` that is dated on another day than the first of its month: it
-- would belong to no month, and the full cost of a customer would be too low. Whoever wrote the line
-- corrects seeds/other_costs.csv.

with

other_costs as (

    select * from {{ ref('other_costs') }}

)

select
    cost_month,
    department,
    category
from other_costs
where cost_month != date_trunc('month', cost_month)
