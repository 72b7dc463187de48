with

entries as (

    select * from {{ ref('fct_stage_entries') }}
    where spell = 1

),

stage_pairs as (

    select * from {{ ref('stage_pairs') }}

),

paired as (

    select
        stage_pairs.stage_pair,
        stage_pairs.from_stage,
        stage_pairs.to_stage,
        stage_pairs.horizon_days,
        origin.entity_id,
        origin.channel,
        origin.entered_date,
        origin.exit_type = 'lost' as is_lost,
        destination.entered_date as converted_date,
        date_diff('day', origin.entered_date, destination.entered_date) as lag_days,
        date_diff('day', origin.entered_date, {{ as_of() }}) as followed_days
    from entries as origin
    inner join stage_pairs on origin.stage = stage_pairs.from_stage
    left join entries as destination
        on
            origin.entity_id = destination.entity_id
            and stage_pairs.to_stage = destination.stage

)

select
    entity_id || ':' || stage_pair as conversion_id,
    entity_id,
    stage_pair,
    from_stage,
    to_stage,
    channel,
    entered_date,
    converted_date,
    lag_days,
    horizon_days,
    converted_date is not null as is_converted,
    coalesce(lag_days between 0 and horizon_days, false) as is_converted_within_horizon,
    is_lost,
    followed_days >= horizon_days as is_mature
from paired
