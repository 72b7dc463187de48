-- A decision in seeds/person_overrides.csv that does not hold: two `same` records that are two persons, or
-- two `different` ones that are one. None may be left: decisions then contradict each other, or part what
-- the source itself has merged. Whoever decided mends the seed.

with

people as (

    select
        unioned.position,
        clusters.person_id
    from {{ ref('int_people_unioned') }} as unioned
    inner join {{ ref('int_people_clusters') }} as clusters on unioned.record_id = clusters.record_id

)

select decided.*
from {{ ref('int_people_decided') }} as decided
inner join people as lefts on decided.left_position = lefts.position
inner join people as rights on decided.right_position = rights.position
where (lefts.person_id = rights.person_id) != (decided.decision = 'same')
