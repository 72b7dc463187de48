-- One row: by how many whole months cost is dated back from the customers that it won. The variable
-- `cac_lag_months`, else the median time from becoming a lead to the first won deal. Customers who became a
-- lead on no known day (the stage was inferred) do not speak; without any the lag is 0.

{%- set fixed_lag = var('cac_lag_months', none) %}

with

opportunities as (

    select * from {{ ref('fct_opportunities') }}
    where is_new_customer

),

leads as (

    select
        entity_id,
        min(entered_date) as lead_date
    from {{ ref('fct_stage_entries') }}
    where stage = 'lead' and not is_inferred
    group by entity_id

),

cycles as (

    select date_diff('day', leads.lead_date, opportunities.closed_date) as cycle_days
    from opportunities
    inner join leads on opportunities.person_id = leads.entity_id
    where leads.lead_date <= opportunities.closed_date

)

select
    median(cycle_days) as cycle_days,
    count(*) as n,
    cast(coalesce({{ 'null' if fixed_lag is none else fixed_lag }}, round(median(cycle_days) / 30.4375), 0) as integer) as lag_months
from cycles
