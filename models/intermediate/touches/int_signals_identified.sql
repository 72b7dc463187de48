{{ config(materialized='view') }}

-- One row per signal of a known person, with the channel that the seed `channel_rules` gives it. An e-mail
-- address that several people read names nobody.

with

signals as (

    select * from {{ ref('int_signals_unioned') }}

),

rules as (

    select * from {{ ref('channel_rules') }}

),

ids as (

    select * from {{ ref('int_ids_resolved') }}
    where entity_type = 'person'

),

people as (

    select * from {{ ref('int_people_identified') }}

),

addresses as (

    select
        unioned.email,
        arg_min(people.person_id, (coalesce(people.created_at, timestamp '9999-01-01'), people.person_id)) as person_id
    from {{ ref('int_people_unioned') }} as unioned
    inner join people on unioned.record_id = people.record_id
    where unioned.email is not null and not unioned.is_role_mailbox
    group by unioned.email

),

traffic as (

    select distinct
        cast(null as varchar) as traffic_source,
        medium as traffic_medium,
        campaign
    from signals

),

ruled as (

    select
        traffic.traffic_medium,
        traffic.campaign,
        arg_min(rules.channel, rules.position) as channel
    from traffic
    inner join rules on {{ meets_channel_rule('rules', 'traffic') }}
    group by traffic.traffic_medium, traffic.campaign

)

select
    signals.source,
    signals.kind,
    signals.signal_key,
    coalesce(people.person_id, addresses.person_id) as person_id,
    coalesce(ruled.channel, signals.channel) as channel,
    -- A mail's name may hold an address; it is published.
    case when signals.campaign like '%@%' then {{ mask_shape('signals.campaign') }} else signals.campaign end as campaign,
    signals.touched_at,
    signals.is_date_only
from signals
left join ids on signals.source = ids.source and signals.source_person_id = ids.source_id
left join people
    on
        signals.source = people.source
        and coalesce(ids.surviving_source_id, signals.source_person_id) = people.source_person_id
left join addresses on signals.email = addresses.email
left join ruled
    on
        signals.medium is not distinct from ruled.traffic_medium
        and signals.campaign is not distinct from ruled.campaign
where coalesce(people.person_id, addresses.person_id) is not null
