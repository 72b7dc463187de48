-- One row per opportunity and touch of its people, from the longest window before its creation until its
-- close (as of the as-of date while it is open). Whose touches count, attribution_people says: those of the
-- main contact, or of everybody of the account.

with

opportunities as (

    select
        opportunity_id,
        person_id,
        account_id,
        {{ end_of_known_time('created_at') }} as created_at,
        case
            when stage_kind in ('won', 'lost') then {{ end_of_known_time('close_at') }}
            else {{ as_of_end_utc() }}
        end as closed_at
    from {{ ref('int_opportunities_identified') }}

),

opportunity_people as (

    select
        opportunity_id,
        person_id
    from opportunities
    where person_id is not null
    {% if var('attribution_people', 'person') == 'account' %}
        union
        select
            opportunities.opportunity_id,
            people.person_id
        from opportunities
        inner join {{ ref('dim_people') }} as people on opportunities.account_id = people.account_id
    {% endif %}

),

touches as (

    select * from {{ ref('fct_touches') }}

),

channels as (

    select * from {{ ref('channels') }}

),

milestones as (

    select
        *,
        {{ 'closed_at' if var('attribution_milestone', 'created') == 'closed' else 'created_at' }} as milestone_at
    from opportunities

)

select
    milestones.opportunity_id,
    touches.touch_id,
    touches.person_id,
    touches.kind,
    touches.channel,
    touches.campaign,
    touches.touched_at,
    touches.touched_date,
    touches.is_repeat,
    coalesce(channels.is_marketing, false) as is_marketing,
    touches.touched_at <= milestones.created_at as is_before_creation,
    touches.touched_at between milestones.created_at - {{ attribution_lookback() }} and milestones.created_at as is_in_lookback,
    touches.touched_at >= milestones.created_at - {{ influence_window() }} as is_in_influence_window,
    touches.touched_at between milestones.milestone_at - {{ attribution_lookback() }} and milestones.milestone_at
    and not touches.is_repeat as is_creditable
from milestones
inner join opportunity_people on milestones.opportunity_id = opportunity_people.opportunity_id
inner join touches on opportunity_people.person_id = touches.person_id
left join channels on touches.channel = channels.channel
where
    touches.touched_at <= greatest(milestones.created_at, milestones.closed_at)
    and touches.touched_at >= milestones.created_at - greatest({{ attribution_lookback() }}, {{ influence_window() }})
