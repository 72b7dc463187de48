with

entries as (

    select * from {{ ref('int_stage_entries_imputed') }}

),

exits as (

    select * from {{ ref('int_stage_exits_decided') }}

),

people as (

    select * from {{ ref('dim_people') }}

),

visitors as (

    select
        visitor_id,
        arg_min(channel, (started_at, session_id)) as channel
    from {{ ref('int_sessions_built') }}
    where person_id is null
    group by visitor_id

),

followed as (

    select
        entries.*,
        lead(entries.entered_at) over (partition by entries.entity_id order by entries.position) as next_entered_at,
        exits.lost_at
    from entries
    left join exits on entries.entity_id = exits.entity_id

)

select
    followed.entity_id || ':' || followed.stage || ':1' as stage_entry_id,
    followed.entity_id,
    followed.stage,
    1 as spell,
    followed.entered_at,
    {{ to_local_date('followed.entered_at') }} as entered_date,
    coalesce(followed.next_entered_at, followed.lost_at) as exited_at,
    case
        when followed.next_entered_at is not null then 'advanced'
        when followed.lost_at is not null then 'lost'
        else 'open'
    end as exit_type,
    coalesce(people.channel, visitors.channel, 'other') as channel,
    followed.is_inferred,
    followed.is_date_only,
    coalesce(followed.next_entered_at < followed.entered_at, false) as is_out_of_order
from followed
left join people on followed.entity_id = people.person_id
left join visitors on followed.entity_id = visitors.visitor_id
