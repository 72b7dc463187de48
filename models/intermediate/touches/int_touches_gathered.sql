{{ config(materialized='ephemeral') }}

-- One row per touch of a known person: a web session with the channel that counts for it, or a signal. The
-- same person by the same channel again, within the time that ends a web session, is the same contact told
-- twice, as a click in an e-mail and the visit that it leads to are: marked as a repeat.

with

sessions as (

    select * from {{ ref('fct_sessions') }}
    where person_id is not null and {{ only_changed('int_touches_changed', 'person_id') }}

),

signals as (

    select * from {{ ref('int_signals_identified') }}
    where {{ only_changed('int_touches_changed', 'person_id') }}

),

touches as (

    select
        {{ pseudonymise("'touch:session:' || session_id") }} as touch_id,
        source,
        'session' as kind,
        person_id,
        last_non_direct_channel as channel,
        channel as own_channel,
        last_non_direct_campaign as campaign,
        started_at as touched_at,
        session_date as touched_date,
        false as is_date_only
    from sessions
    union all
    select
        {{ pseudonymise("'touch:' || kind || ':' || source || ':' || signal_key") }} as touch_id,
        source,
        kind,
        person_id,
        channel,
        channel as own_channel,
        campaign,
        touched_at,
        {{ to_local_date('touched_at') }} as touched_date,
        is_date_only
    from signals

)

select
    *,
    coalesce(
        touched_at - lag(touched_at) over (partition by person_id, own_channel order by touched_at, touch_id)
        < interval ({{ var('session_timeout_minutes', 30) }}) minute,
        false
    ) as is_repeat
from touches
