-- One row per id that a source merged into another, with the end of its chain of merges. Ids that
-- point in a circle end at the least of the circle; one that was merged twice follows the lesser id.

with recursive

merged as (

    {{ union_inputs('merged_ids', {
        'source': 'varchar', 'entity_type': 'varchar', 'merged_id': 'varchar', 'surviving_id': 'varchar'
    }) }}

),

pointers as (

    select
        source,
        entity_type,
        merged_id as source_id,
        min(surviving_id) as next_id
    from merged
    where merged_id != surviving_id
    group by source, entity_type, merged_id

),

followed as (

    select
        source,
        entity_type,
        source_id,
        next_id,
        [source_id] as passed_ids
    from pointers
    union all
    select
        followed.source,
        followed.entity_type,
        followed.source_id,
        pointers.next_id,
        list_append(followed.passed_ids, followed.next_id) as passed_ids
    from followed
    inner join pointers
        on
            followed.source = pointers.source
            and followed.entity_type = pointers.entity_type
            and followed.next_id = pointers.source_id
    where not list_contains(followed.passed_ids, followed.next_id)

)

select
    source,
    entity_type,
    source_id,
    case
        when list_contains(passed_ids, next_id)
            then list_min(passed_ids[list_position(passed_ids, next_id):])
        else next_id
    end as end_id
from followed
qualify row_number() over (partition by source, entity_type, source_id order by len(passed_ids) desc) = 1
