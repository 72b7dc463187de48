-- Every piece of evidence of a stage, with the stage that the mapping gives it under each contract (null
-- when no mapping knows the value) and the entity it speaks of. History of records that the source no
-- longer has, or that are not counted, makes no entity of its own. A track is the history of one field of
-- one record: only there does a lower stage after a higher one say that the record went back.

with

evidence as (

    {{ union_inputs('stage_evidence', {
        'source': 'varchar', 'entity_type': 'varchar', 'source_entity_id': 'varchar',
        'source_field': 'varchar', 'source_value': 'varchar', 'entered_at': 'timestamp',
        'is_date_only': 'boolean', 'is_history': 'boolean'
    }) }}

),

ids as (

    select * from {{ ref('int_ids_resolved') }}

),

resolved as (

    -- Evidence of a merged record speaks of the one that survived.
    select evidence.* replace (coalesce(ids.surviving_source_id, evidence.source_entity_id) as source_entity_id)
    from evidence
    left join ids
        on
            evidence.source = ids.source
            and evidence.entity_type = ids.entity_type
            and evidence.source_entity_id = ids.source_id
    where evidence.entered_at is null or evidence.entered_at < {{ as_of_end_utc() }}

),

contracts as (select contract from {{ ref('stage_contracts') }}),

mapped_values as (select * from {{ ref('int_stage_values_mapped') }}),

people as (select * from {{ ref('int_people_identified') }}),

opportunities as (select * from {{ ref('int_opportunities_identified') }})

select
    contracts.contract,
    resolved.source,
    resolved.entity_type,
    resolved.source_field,
    resolved.source_value,
    mapped_values.stage,
    coalesce(people.person_id, opportunities.person_id, opportunities.opportunity_id) as entity_id,
    coalesce(people.channel, opportunities.channel, 'other') as channel,
    resolved.entered_at,
    coalesce(resolved.is_date_only, false) as is_date_only,
    opportunities.opportunity_id,
    case
        when resolved.is_history
            then concat_ws(':', resolved.source, resolved.entity_type, resolved.source_entity_id, resolved.source_field)
    end as track_id
from resolved
cross join contracts
left join mapped_values
    on
        contracts.contract = mapped_values.contract
        and resolved.source = mapped_values.source
        and resolved.source_field = mapped_values.source_field
        and lower(resolved.source_value) = mapped_values.source_value
left join people
    on
        resolved.entity_type = 'person'
        and resolved.source = people.source
        and resolved.source_entity_id = people.source_person_id
left join opportunities
    on
        resolved.entity_type = 'opportunity'
        and resolved.source = opportunities.source
        and resolved.source_entity_id = opportunities.source_opportunity_id
where people.person_id is not null or opportunities.opportunity_id is not null
