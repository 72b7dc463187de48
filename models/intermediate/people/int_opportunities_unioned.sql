-- One row per opportunity that existed on the as-of date, under the ids that its source now knows it, its
-- person and its account under. Merged opportunities are one, as the record that survived says it.

with

opportunities as (

    {{ union_inputs('opportunities', {
        'source': 'varchar', 'source_opportunity_id': 'varchar', 'source_person_id': 'varchar', 'person_rule': 'varchar',
        'source_account_id': 'varchar', 'source_owner_id': 'varchar', 'campaign': 'varchar', 'source_field': 'varchar',
        'source_value': 'varchar', 'amount': 'decimal(18, 2)', 'currency': 'varchar', 'created_at': 'timestamp',
        'close_at': 'timestamp'
    }) }}

),

ids as (

    select * from {{ ref('int_ids_resolved') }}

),

resolved as (

    select
        opportunities.* exclude (source_person_id, source_account_id),
        coalesce(opportunity_ids.surviving_source_id, opportunities.source_opportunity_id) as surviving_id,
        coalesce(person_ids.surviving_source_id, opportunities.source_person_id) as source_person_id,
        coalesce(account_ids.surviving_source_id, opportunities.source_account_id) as source_account_id
    from opportunities
    left join ids as opportunity_ids
        on
            opportunity_ids.entity_type = 'opportunity'
            and opportunities.source = opportunity_ids.source
            and opportunities.source_opportunity_id = opportunity_ids.source_id
    left join ids as person_ids
        on
            person_ids.entity_type = 'person'
            and opportunities.source = person_ids.source
            and opportunities.source_person_id = person_ids.source_id
    left join ids as account_ids
        on
            account_ids.entity_type = 'account'
            and opportunities.source = account_ids.source
            and opportunities.source_account_id = account_ids.source_id
    where opportunities.created_at < {{ as_of_end_utc() }}

)

select
    * exclude (source_opportunity_id, surviving_id),
    surviving_id as source_opportunity_id
from resolved
qualify row_number() over (
    partition by source, surviving_id
    order by source_opportunity_id != surviving_id, created_at, source_opportunity_id
) = 1
