-- One row per web client that a form named, or on which a known user was logged in: the person created
-- first with it owns its visits.

with

people as (

    select * from {{ ref('int_people_identified') }}

),

log_ins as (

    select distinct
        web_client_id,
        web_user_id
    from ({{ union_inputs('web_events', {'web_client_id': 'varchar', 'web_user_id': 'varchar'}) }})
    where web_client_id is not null and web_user_id is not null

),

seen as (

    select
        web_client_id,
        person_id,
        created_at
    from people
    where web_client_id is not null
    union all
    select
        log_ins.web_client_id,
        people.person_id,
        people.created_at
    from log_ins
    inner join people on log_ins.web_user_id = people.web_user_id

)

select
    web_client_id,
    arg_min(person_id, (created_at, person_id)) as person_id
from seen
group by web_client_id
