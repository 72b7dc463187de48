-- One row per web client that is or was linked to a person, with whether that changed since the last build.

with

compared as (

    {{ compared_with_last_build(ref('int_web_clients_linked'), 'web_client_id', 'person_id') }}

)

select * from compared
