-- depends_on: {{ ref('int_sessions_changed') }} {{ ref('int_sessions_gathered') }} {{ ref('int_web_clients_compared') }}
-- One row per session key whose sessions are to be built anew, and entity (person or visitor) that they were of:
-- those whose events changed, those of web clients whose person changed, those of days that are over by now.

{% if builds_increment() %}

with

keys as (

    select session_key from {{ ref('int_sessions_changed') }}
    union
    select gathered.session_key
    from {{ ref('int_sessions_gathered') }} as gathered
    where
        gathered.session_date > {{ previous_as_of() }}
        or gathered.web_client_id in (
            select compared.web_client_id from {{ ref('int_web_clients_compared') }} as compared
            where compared.is_changed
        )

)

select
    keys.session_key,
    coalesce(built.person_id, built.visitor_id) as entity_id
from keys
left join {{ last_build_of('int_sessions_built') }} as built on keys.session_key = built.session_key

{% else %}

    select
        cast(null as varchar) as session_key,
        cast(null as varchar) as entity_id
    where false

{% endif %}
