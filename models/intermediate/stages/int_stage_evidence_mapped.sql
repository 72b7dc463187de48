-- Every piece of evidence of a stage, with the stage that the mapping gives it (null when no
-- mapping knows the value) and the entity it speaks of.

with

evidence as (

    {{ union_inputs('stage_evidence', {
        'source': 'varchar', 'entity_type': 'varchar', 'source_entity_id': 'varchar',
        'source_field': 'varchar', 'source_value': 'varchar', 'entered_at': 'timestamp',
        'is_date_only': 'boolean'
    }) }}

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
    evidence.source,
    evidence.entity_type,
    evidence.source_field,
    evidence.source_value,
    stage_mapping.stage,
    coalesce(
        people.person_id,
        opportunities.person_id,
        {{ pseudonymise("evidence.source || ':' || evidence.entity_type || ':' || evidence.source_entity_id") }}
    ) as entity_id,
    coalesce(people.channel, opportunities.channel, 'other') as channel,
    evidence.entered_at,
    coalesce(evidence.is_date_only, false) as is_date_only
from evidence
left join stage_mapping
    on
        evidence.source = stage_mapping.source
        and evidence.source_field = stage_mapping.source_field
        and evidence.source_value = stage_mapping.source_value
left join people
    on
        evidence.entity_type = 'person'
        and evidence.source = people.source
        and evidence.source_entity_id = people.source_person_id
left join opportunities
    on
        evidence.entity_type = 'opportunity'
        and evidence.source = opportunities.source
        and evidence.source_entity_id = opportunities.source_opportunity_id
where evidence.entered_at is null or evidence.entered_at < {{ as_of_end_utc() }}
