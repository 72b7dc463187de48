{{ config(materialized='view') }}

-- The ids under which sources have a record of a person, account or opportunity as of the as-of date.

with

ids as (

    select
        'person' as entity_type,
        *
    from ({{ union_inputs('people', {'source': 'varchar', 'source_person_id': 'varchar', 'created_at': 'timestamp'}) }})
    union all
    select
        'account' as entity_type,
        *
    from ({{ union_inputs('accounts', {'source': 'varchar', 'source_account_id': 'varchar', 'created_at': 'timestamp'}) }})
    union all
    select
        'opportunity' as entity_type,
        *
    from ({{ union_inputs('opportunities', {'source': 'varchar', 'source_opportunity_id': 'varchar', 'created_at': 'timestamp'}) }})

)

select
    entity_type,
    source,
    source_person_id as source_id,
    created_at
from ids
where created_at is null or created_at < {{ as_of_end_utc() }}
