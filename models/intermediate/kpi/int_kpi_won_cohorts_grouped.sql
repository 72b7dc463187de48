-- Opportunities that are equal in cohort, channel, month of winning, amount and chance, in one group. A won
-- one has the chance 1, a lost one 0, and an open one that of the curve at its age: of its channel, else of
-- all; none where no curve knows it, or beyond the horizon.

with

opportunities as (

    select * from {{ ref('fct_opportunities') }}

),

curves as (

    select * from {{ ref('fct_conversion_curves') }}
    where from_stage = 'opportunity' and to_stage = 'won' and status = 'provisional'

),

aged as (

    select
        *,
        cast(date_trunc('month', created_date) as date) as cohort_month,
        case when is_won then cast(date_trunc('month', closed_date) as date) end as won_month,
        case when is_won then cast(amount as double) end as won_amount,
        date_diff('day', created_date, {{ as_of() }}) as age_days
    from opportunities

),

chanced as (

    select
        aged.cohort_month,
        aged.won_month,
        coalesce(aged.channel, '(unassigned)') as channel,
        aged.won_amount,
        case
            when aged.is_won then 1
            when aged.is_open then coalesce(own.chance_to_convert, pooled.chance_to_convert, 0)
            else 0
        end as chance_to_win
    from aged
    left join curves as own
        on
            'channel=' || aged.channel = own.scope
            and aged.age_days = own.lag_days
    left join curves as pooled
        on
            pooled.scope = 'all'
            and aged.age_days = pooled.lag_days

)

select
    cohort_month,
    channel,
    won_month,
    won_amount as amount,
    cast(chance_to_win as double) as chance_to_win,
    count(*) as opportunities
from chanced
group by cohort_month, channel, won_month, won_amount, chance_to_win
