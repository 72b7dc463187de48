-- One row per entity and stage pair whose first stage it entered, followed to what became of it. The
-- first entries count. A conversion that is dated before its entry has happened, whatever the dates say: it
-- counts on day 0, and is marked.

with

entries as (

    select * from {{ ref('fct_stage_entries') }}
    where spell = 1

),

stage_pairs as (

    select * from {{ ref('stage_pairs') }}

),

losses as (

    select * from {{ ref('int_stage_pairs_lost') }}

),

paired as (

    select
        stage_pairs.stage_pair,
        stage_pairs.from_stage,
        stage_pairs.to_stage,
        origin.entity_id,
        origin.channel,
        origin.segment,
        origin.region,
        origin.owner_id,
        origin.campaign,
        origin.entered_date,
        origin.exit_type = 'lost' as is_lost,
        destination.entered_date as converted_date,
        {{ to_local_date('losses.lost_at') }} as lost_date,
        greatest(0, coalesce(date_diff('day', origin.entered_date, stage_pairs.observed_from), 0)) as entry_delay_days,
        date_diff('day', origin.entered_date, destination.entered_date) as lag_days,
        date_diff('day', origin.entered_date, {{ as_of() }}) as followed_days
    from entries as origin
    inner join stage_pairs on origin.stage = stage_pairs.from_stage
    left join entries as destination
        on
            origin.entity_id = destination.entity_id
            and stage_pairs.to_stage = destination.stage
    left join losses
        on
            origin.entity_id = losses.entity_id
            and stage_pairs.stage_pair = losses.stage_pair

),

decided as (

    select
        *,
        case
            when converted_date is not null then 'converted'
            when lost_date is not null then 'lost'
            else 'open'
        end as event_kind
    from paired

)

select
    *,
    case event_kind
        when 'converted' then greatest(0, lag_days)
        when 'lost' then greatest(0, date_diff('day', entered_date, lost_date))
        else followed_days
    end as event_days
from decided
