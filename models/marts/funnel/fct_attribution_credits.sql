with

credits as (

    select * from {{ ref('int_credits_shared') }}

),

opportunities as (

    select * from {{ ref('fct_opportunities') }}

),

touches as (

    select * from {{ ref('fct_touches') }}

),

accounts as (

    select * from {{ ref('dim_accounts') }}

),

valued as (

    select
        credits.*,
        opportunities.amount,
        opportunities.account_id,
        opportunities.owner_id,
        opportunities.is_won,
        opportunities.created_date,
        opportunities.closed_date,
        cast(cast(opportunities.amount as decimal(24, 2)) * cast(credits.credit as decimal(14, 12)) as decimal(18, 2)) as rounded_amount
    from credits
    inner join opportunities on credits.opportunity_id = opportunities.opportunity_id

),

settled as (

    -- The first takes what rounding leaves: the parts are exactly the amount.
    select
        *,
        rounded_amount
        + case
            when takes_rest then amount - sum(rounded_amount) over (partition by opportunity_id, attribution_model)
            else 0
        end as credited_amount
    from valued

)

select
    settled.opportunity_id || ':' || settled.attribution_model || ':' || cast(settled.position as varchar) as credit_id,
    settled.opportunity_id,
    settled.attribution_model,
    settled.touch_id,
    settled.position,
    settled.touch_count,
    touches.person_id,
    touches.kind,
    touches.touched_at,
    coalesce(touches.channel, 'unattributed') as channel,
    touches.campaign,
    accounts.segment,
    settled.credit,
    cast(settled.credited_amount as decimal(18, 2)) as credited_amount,
    settled.is_won,
    settled.created_date,
    settled.closed_date,
    accounts.region,
    settled.owner_id
from settled
left join touches on settled.touch_id = touches.touch_id
left join accounts on settled.account_id = accounts.account_id
