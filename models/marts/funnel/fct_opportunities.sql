with

opportunities as (

    select * from {{ ref('int_opportunities_identified') }}

)

select
    opportunity_id,
    person_id,
    person_rule,
    account_id,
    {{ to_local_date('created_at') }} as created_date,
    case when stage_kind in ('won', 'lost') then {{ to_local_date('close_at') }} end as closed_date,
    case when stage_kind = 'open' then {{ to_local_date('close_at') }} end as expected_close_date,
    amount,
    currency,
    coalesce(stage_kind = 'won', false) as is_won,
    coalesce(stage_kind in ('won', 'lost'), false) as is_closed,
    coalesce(stage_kind = 'open', false) as is_open,
    stage,
    channel
from opportunities
