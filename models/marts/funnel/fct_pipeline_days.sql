-- Open pipeline at the end of each day by channel, from today's amounts: what is known of an
-- opportunity's value now is used for its whole life. An opportunity whose stage no mapping knows, or
-- that was closed on no known day, is not in it.

with

opportunities as (

    select * from {{ ref('fct_opportunities') }}
    where amount is not null and (is_open or closed_date is not null)

),

changes as (

    select
        channel,
        created_date as date_day,
        amount,
        1 as opportunities
    from opportunities
    union all
    select
        channel,
        closed_date as date_day,
        -amount as amount,
        -1 as opportunities
    from opportunities
    where closed_date is not null

),

days as (

    select
        dates.date_day,
        channels.channel
    from {{ ref('dim_dates') }} as dates
    cross join {{ ref('dim_channels') }} as channels
    where
        dates.date_day <= {{ as_of() }}
        and dates.date_day >= (select min(changes.date_day) from changes)

),

daily as (

    select
        date_day,
        channel,
        sum(amount) as amount,
        sum(opportunities) as opportunities
    from changes
    group by date_day, channel

)

select
    days.date_day || ':' || days.channel as pipeline_day_id,
    days.date_day,
    days.channel,
    cast(sum(coalesce(daily.amount, 0)) over running as decimal(18, 2)) as open_amount,
    cast(sum(coalesce(daily.opportunities, 0)) over running as bigint) as open_opportunities
from days
left join daily on days.date_day = daily.date_day and days.channel = daily.channel
window running as (partition by days.channel order by days.date_day)
