-- One row per decision by hand on two records that exist: their positions, and same or different. A
-- decision names a record by its id in the source, or by its pseudonymous record_id, which is no
-- personal value where the source's own id is an e-mail address.

with

overrides as (

    select * from {{ ref('person_overrides') }}

),

people as (

    select * from {{ ref('int_people_unioned') }}

),

ids as (

    select * from {{ ref('int_ids_resolved') }}
    where entity_type = 'person'

),

named as (

    select
        source,
        source_person_id as decision_id,
        position
    from people
    union all
    select
        source,
        record_id as decision_id,
        position
    from people

)

select
    least(a.position, b.position) as left_position,
    greatest(a.position, b.position) as right_position,
    overrides.decision
from overrides
left join ids as ids_a on overrides.source_a = ids_a.source and overrides.id_a = ids_a.source_id
left join ids as ids_b on overrides.source_b = ids_b.source and overrides.id_b = ids_b.source_id
inner join named as a
    on
        overrides.source_a = a.source
        and coalesce(ids_a.surviving_source_id, overrides.id_a) = a.decision_id
inner join named as b
    on
        overrides.source_b = b.source
        and coalesce(ids_b.surviving_source_id, overrides.id_b) = b.decision_id
