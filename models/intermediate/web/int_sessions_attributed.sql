{{ config(materialized='ephemeral') }}
-- changes: {{ changes_model('int_visitors_changed') }}

-- One row per web session with the channel that counts for it: its own, and of a direct session that of the
-- visitor's last session that was not direct, unless that lies longer ago than direct_lookback_days.
-- A visitor who became known is that person, on whichever device.

with

sessions as (

    select * from {{ ref('int_sessions_built') }}
    where {{ only_changed('int_visitors_changed', 'coalesce(person_id, visitor_id)', 'entity_id') }}

),

followed as (

    select
        *,
        -- The three have their nulls in the same rows, so they speak of one session.
        last_value(case when channel != 'direct' then started_at end ignore nulls) over earlier as last_non_direct_at,
        last_value(case when channel != 'direct' then channel end ignore nulls) over earlier as earlier_channel,
        last_value(case when channel != 'direct' then coalesce(campaign, '') end ignore nulls) over earlier as earlier_campaign
    from sessions
    window earlier as (
        partition by coalesce(person_id, visitor_id)
        order by started_at, session_id
        rows between unbounded preceding and 1 preceding
    )

),

inherited as (

    select
        *,
        coalesce(
            channel = 'direct' and last_non_direct_at >= started_at - {{ lookback('direct_lookback_days', 90) }}, false
        ) as is_inherited
    from followed

)

select
    * exclude (last_non_direct_at, earlier_channel, earlier_campaign, is_inherited),
    case when is_inherited then earlier_channel else channel end as last_non_direct_channel,
    case when is_inherited then nullif(earlier_campaign, '') else campaign end as last_non_direct_campaign
from inherited
