-- One row per person, web visitor or opportunity that evidence speaks of, with whether what is known of it changed
-- since the last build: evidence of stages, opportunities, records. What changes with the sessions is known by them.

with

facts as (

    select
        evidence.entity_id,
        hash(evidence) as digest
    from {{ ref('int_stage_evidence_mapped') }} as evidence
    union all
    select
        coalesce(opportunities.person_id, opportunities.opportunity_id) as entity_id,
        hash(opportunities) as digest
    from {{ ref('int_opportunities_identified') }} as opportunities
    union all
    select
        people.person_id as entity_id,
        hash(people) as digest
    from {{ ref('int_people_identified') }} as people

),

-- A sum does not depend on the order, and tells two equal rows from one.
entities as (

    select
        entity_id,
        sum(cast(digest as hugeint)) as digest
    from facts
    group by entity_id

),

compared as (

    {{ compared_with_last_build('entities', 'entity_id', 'digest') }}

)

select * from compared
