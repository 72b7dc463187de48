-- One row per opportunity with who it is sliced by, how long it was followed and whether it won a new
-- customer. The horizon is that of the stage pair from opportunity to won: a deal counts in a rate by
-- create date when it was followed for all of it, and is won there when it was won within it. A deal
-- that was closed, opened and closed again is one deal, by its last close.

with

opportunities as (

    select
        *,
        {{ to_local_date('created_at') }} as created_date,
        case when stage_kind in ('won', 'lost') then {{ to_local_date('close_at') }} end as closed_date,
        coalesce(stage_kind = 'won', false) as is_won
    from {{ ref('int_opportunities_identified') }}

),

people as (

    select * from {{ ref('dim_people') }}

),

accounts as (

    select * from {{ ref('dim_accounts') }}

),

campaigns as (

    select * from {{ ref('int_campaigns_first_seen') }}

),

horizons as (

    select min(horizon_days) as horizon_days
    from {{ ref('int_conversion_horizons') }}
    where from_stage = 'opportunity' and to_stage = 'won'

),

described as (

    select
        opportunities.*,
        coalesce(opportunities.account_id, people.account_id, opportunities.person_id, opportunities.opportunity_id) as customer_id,
        coalesce(accounts.segment, people.segment) as segment,
        coalesce(accounts.region, people.region) as region,
        coalesce(opportunities.campaign, campaigns.campaign) as first_campaign,
        horizons.horizon_days,
        date_diff('day', opportunities.created_date, opportunities.closed_date) as days_to_close,
        date_diff('day', opportunities.created_date, {{ as_of() }}) as followed_days
    from opportunities
    left join people on opportunities.person_id = people.person_id
    left join accounts on opportunities.account_id = accounts.account_id
    left join campaigns on opportunities.person_id = campaigns.entity_id
    cross join horizons

)

select
    opportunity_id,
    created_date,
    closed_date,
    is_won,
    segment,
    region,
    owner_id,
    first_campaign as campaign,
    horizon_days,
    days_to_close,
    coalesce(followed_days >= horizon_days, false) as is_followed,
    coalesce(is_won and days_to_close between 0 and horizon_days, false) as is_won_within_horizon,
    is_won and closed_date is not null and row_number() over (
        partition by customer_id, is_won and closed_date is not null
        order by closed_date, created_date, opportunity_id
    ) = 1 as is_new_customer
from described
