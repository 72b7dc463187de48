-- Amounts of opportunities that are not in the project's currency. Amounts are never converted, so a sum
-- over them means nothing: the check `funnel.amounts_are_in_one_currency` flags each source that has some.

with

opportunities as (

    select * from {{ ref('int_opportunities_identified') }}
    where currency != '{{ var("currency") }}' and amount != 0

)

select
    source,
    currency,
    '{{ var("currency") }}' as project_currency,
    min({{ to_local_date('created_at') }}) as first_created_date,
    max({{ to_local_date('created_at') }}) as last_created_date,
    count(*) as n_opportunities,
    sum(amount) as amount
from opportunities
group by source, currency
