-- Costs that are not in the project's currency. Amounts are never converted, so a sum over them means
-- nothing: the check `funnel.costs_are_in_one_currency` flags each source that has some.

with

costs as (

    select * from {{ ref('fct_costs') }}
    where currency != '{{ var("currency") }}' and cost_amount != 0

)

select
    source,
    currency,
    '{{ var("currency") }}' as project_currency,
    min(cost_date) as first_cost_date,
    max(cost_date) as last_cost_date,
    count(*) as n_rows,
    sum(cost_amount) as cost_amount
from costs
group by source, currency
