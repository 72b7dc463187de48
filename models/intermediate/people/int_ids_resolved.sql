-- One row per id that is known under another one since records were merged. Where the end of a
-- chain of merges has no record, of those merged into it the record created first stands for it.

with

followed as (

    select * from {{ ref('int_merged_ids_followed') }}

),

known as (

    select * from {{ ref('int_ids_known') }}

),

members as (

    select * from followed
    union
    select
        source,
        entity_type,
        end_id as source_id,
        end_id
    from followed

),

standing as (

    select
        members.source,
        members.entity_type,
        members.end_id,
        arg_min(
            known.source_id,
            (members.source_id != members.end_id, coalesce(known.created_at, timestamp '9999-01-01'), known.source_id)
        ) as known_id
    from members
    inner join known
        on
            members.source = known.source
            and members.entity_type = known.entity_type
            and members.source_id = known.source_id
    group by members.source, members.entity_type, members.end_id

)

select
    members.source,
    members.entity_type,
    members.source_id,
    coalesce(standing.known_id, members.end_id) as surviving_source_id
from members
left join standing
    on
        members.source = standing.source
        and members.entity_type = standing.entity_type
        and members.end_id = standing.end_id
where members.source_id != coalesce(standing.known_id, members.end_id)
