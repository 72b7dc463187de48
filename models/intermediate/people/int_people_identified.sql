-- One row per source record of a person, with the person it belongs to. Records that share a
-- normalised e-mail address are one person, named after the record created first.

with

people as (

    {{ union_inputs('people', {
        'source': 'varchar', 'source_person_id': 'varchar', 'email': 'varchar',
        'web_client_id': 'varchar', 'source_account_id': 'varchar', 'channel': 'varchar',
        'created_at': 'timestamp'
    }) }}

),

known as (

    select * from people
    where created_at is null or created_at < {{ as_of_end_utc() }}

),

keyed as (

    select
        *,
        first_value(source || ':' || source_person_id) over (
            partition by coalesce(email, source || ':' || source_person_id)
            order by created_at, source, source_person_id
        ) as person_key
    from known

)

select
    source,
    source_person_id,
    {{ pseudonymise('person_key') }} as person_id,
    case
        when source_account_id is not null
            then {{ pseudonymise("source || ':account:' || source_account_id") }}
    end as account_id,
    web_client_id,
    channel,
    created_at
from keyed
