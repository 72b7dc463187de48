with

opportunities as (

    select * from {{ ref('int_opportunities_identified') }}

),

followed as (

    select * from {{ ref('int_opportunities_followed') }}

)

select
    opportunities.opportunity_id,
    opportunities.person_id,
    opportunities.person_rule,
    opportunities.account_id,
    {{ to_local_date('opportunities.created_at') }} as created_date,
    case when opportunities.stage_kind in ('won', 'lost') then {{ to_local_date('opportunities.close_at') }} end as closed_date,
    case when opportunities.stage_kind = 'open' then {{ to_local_date('opportunities.close_at') }} end as expected_close_date,
    opportunities.amount,
    opportunities.currency,
    coalesce(opportunities.stage_kind = 'won', false) as is_won,
    coalesce(opportunities.stage_kind in ('won', 'lost'), false) as is_closed,
    coalesce(opportunities.stage_kind = 'open', false) as is_open,
    opportunities.stage,
    opportunities.channel,
    followed.segment,
    followed.region,
    followed.owner_id,
    followed.campaign,
    followed.horizon_days,
    followed.days_to_close,
    followed.is_followed,
    followed.is_won_within_horizon,
    followed.is_new_customer
from opportunities
left join followed on opportunities.opportunity_id = followed.opportunity_id
