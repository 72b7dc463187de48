-- One row per person, or web visitor who is not known, whose sessions changed since the last build.

with

touched as (

    select * from {{ ref('int_sessions_touched') }}

),

built as (

    select * from {{ ref('int_sessions_built') }}
    where session_key in (select touched.session_key from touched)

)

select entity_id
from touched
where entity_id is not null
union
select coalesce(person_id, visitor_id) as entity_id
from built
