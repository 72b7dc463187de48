-- One row per web client that a form named: the person created first with it owns its visits.

with

people as (

    select * from {{ ref('int_people_identified') }}
    where web_client_id is not null

)

select
    web_client_id,
    arg_min(person_id, (created_at, person_id)) as person_id
from people
group by web_client_id
