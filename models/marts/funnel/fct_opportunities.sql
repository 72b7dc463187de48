with

opportunities as (

    select * from {{ ref('int_opportunities_identified') }}

)

select
    opportunity_id,
    person_id,
    account_id,
    {{ to_local_date('created_at') }} as created_date,
    case when stage_kind in ('won', 'lost') then {{ to_local_date('close_at') }} end as closed_date,
    case when stage_kind = 'open' then {{ to_local_date('close_at') }} end as expected_close_date,
    amount,
    currency,
    stage_kind = 'won' as is_won,
    stage_kind in ('won', 'lost') as is_closed,
    stage,
    channel
from opportunities
