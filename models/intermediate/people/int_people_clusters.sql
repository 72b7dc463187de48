-- Why each record is in its person: the rule of the link that holds it and the record at the link's
-- other end. The record created first names the person; its rule is `first`, or `alone`.

with

people as (

    select * from {{ ref('int_people_unioned') }}

),

grouped as (

    select * from {{ ref('int_people_grouped') }}

),

matched as (

    select * from {{ ref('int_people_matched') }}

),

explained as (

    select
        people.record_id,
        people.source,
        coalesce(firsts.record_id, people.record_id) as person_id,
        case
            when grouped.position is null then 'alone'
            else coalesce(grouped.rule, 'first')
        end as rule,
        linked.record_id as linked_record_id,
        grouped.match_probability
    from people
    left join grouped on people.position = grouped.position
    left join people as firsts on grouped.person_position = firsts.position
    left join people as linked on grouped.linked_position = linked.position

)

select
    explained.*,
    matched.match_weight,
    matched.weights as match_weights
from explained
left join matched
    on
        explained.rule = 'match'
        and matched.left_record_id = least(explained.record_id, explained.linked_record_id)
        and matched.right_record_id = greatest(explained.record_id, explained.linked_record_id)
