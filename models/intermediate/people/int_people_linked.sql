-- One row per link between two records of a person, by position, with the rule that makes it:
-- `override` (decided by hand), `merged_id`, `crm_id`, `user_id`, `email`, `match` (by probability),
-- and `different` for records that a decision parts. Of those that share a key each is linked to the first.

with

people as (

    select * from {{ ref('int_people_unioned') }}

),

matched as (

    select * from {{ ref('int_people_matched') }}
    where match_probability >= {{ identity_match_threshold() }}

),

decided as (

    select * from {{ ref('int_people_decided') }}

),

shared as (

    select * from {{ ref('int_people_keyed') }}

),

-- Records that a decision parts are linked to all others with their key, not only to the first: two
-- that share the key stay together when the first is parted from both.
hubs as (

    select
        rule,
        link_key,
        min(position) as position
    from shared
    group by rule, link_key
    union
    select
        shared.rule,
        shared.link_key,
        shared.position
    from shared
    semi join decided
        on decided.decision = 'different' and shared.position in (decided.left_position, decided.right_position)

)

select
    hubs.position as left_position,
    shared.position as right_position,
    shared.rule,
    null as match_probability
from hubs
inner join shared on hubs.rule = shared.rule and hubs.link_key = shared.link_key and hubs.position < shared.position
union all
select
    lefts.position as left_position,
    rights.position as right_position,
    'match' as rule,
    matched.match_probability
from matched
inner join people as lefts on matched.left_record_id = lefts.record_id
inner join people as rights on matched.right_record_id = rights.record_id
union all
select
    left_position,
    right_position,
    case decision when 'same' then 'override' else 'different' end as rule,
    null as match_probability
from decided
where left_position != right_position
