with

opportunities as (

    select * from {{ ref('fct_opportunities') }}

),

touches as (

    select * from {{ ref('int_opportunity_touches_summed') }}

),

channels as (

    select * from {{ ref('dim_channels') }}

),

accounts as (

    select * from {{ ref('dim_accounts') }}

),

defined as (

    select
        opportunities.opportunity_id,
        opportunities.person_id,
        opportunities.account_id,
        opportunities.created_date,
        opportunities.closed_date,
        opportunities.amount,
        opportunities.is_won,
        opportunities.is_closed,
        opportunities.channel,
        accounts.segment,
        coalesce(touches.first_touch_channel, 'unattributed') as first_touch_channel,
        coalesce(touches.last_non_direct_channel, 'unattributed') as last_non_direct_channel,
        touches.first_touched_at,
        coalesce(touches.touch_count, 0) as touch_count,
        coalesce(touches.marketing_touch_count, 0) as marketing_touch_count,
        -- Without a main contact nobody has a lead source.
        opportunities.person_id is not null and coalesce(channels.is_marketing, false) as is_sourced_by_lead_source,
        coalesce(touches.is_first_touch_marketing, false) as is_sourced_by_first_touch,
        coalesce(touches.has_marketing_before_creation, false) as is_sourced_by_touch_before_creation,
        coalesce(touches.is_influenced_before_creation, false) as is_influenced_before_creation,
        coalesce(touches.is_influenced_before_close, false) as is_influenced_before_close,
        not coalesce(touches.has_creditable_touch, false) as is_unattributed,
        accounts.region,
        opportunities.owner_id,
        opportunities.campaign
    from opportunities
    left join touches on opportunities.opportunity_id = touches.opportunity_id
    left join channels on opportunities.channel = channels.channel
    left join accounts on opportunities.account_id = accounts.account_id

)

select
    *,
    cast(is_sourced_by_lead_source as integer)
    + cast(is_sourced_by_first_touch as integer)
    + cast(is_sourced_by_touch_before_creation as integer)
    + cast(is_influenced_before_creation as integer)
    + cast(is_influenced_before_close as integer) as definition_count
from defined
