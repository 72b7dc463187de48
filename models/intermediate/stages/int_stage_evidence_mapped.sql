-- Every piece of evidence of a stage, with the stage that the mapping gives it (null when no
-- mapping knows the value) and the entity it speaks of. History of records that the source no longer
-- has, or that are not counted, makes no entity of its own.

with

evidence as (

    {{ union_inputs('stage_evidence', {
        'source': 'varchar', 'entity_type': 'varchar', 'source_entity_id': 'varchar',
        'source_field': 'varchar', 'source_value': 'varchar', 'entered_at': 'timestamp',
        'is_date_only': 'boolean'
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

stage_mapping as (

    select * from {{ ref('stage_mapping') }}

),

people as (

    select * from {{ ref('int_people_identified') }}

),

opportunities as (

    select * from {{ ref('int_opportunities_identified') }}

)

select
    resolved.source,
    resolved.entity_type,
    resolved.source_field,
    resolved.source_value,
    stage_mapping.stage,
    coalesce(people.person_id, opportunities.person_id, opportunities.opportunity_id) as entity_id,
    coalesce(people.channel, opportunities.channel, 'other') as channel,
    resolved.entered_at,
    coalesce(resolved.is_date_only, false) as is_date_only
from resolved
left join stage_mapping
    on
        resolved.source = stage_mapping.source
        and resolved.source_field = stage_mapping.source_field
        and lower(resolved.source_value) = lower(stage_mapping.source_value)
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
