-- Stage entries under the policy `impute`: a stage that was skipped gets the time of the next
-- stage reached and is marked as inferred. A stage that is never inferred (a visit) and that is first
-- seen after a later stage was no entry: who is a lead already does not enter as a visitor. Of a deal
-- without a contact nobody is known who could have passed the stages before: none is inferred.

with

stages as (

    select * from {{ ref('stages') }}
    where kind in ('open', 'won')

),

reached as (

    select
        reached.*,
        stages.position
    from {{ ref('int_stages_reached') }} as reached
    inner join stages on reached.stage = stages.stage

),

entities as (

    select
        entity_id,
        max(position) as last_position
    from reached
    group by entity_id

),

people as (

    select distinct person_id
    from {{ ref('int_people_identified') }}

),

grid as (

    select
        entities.entity_id,
        stages.stage,
        stages.position,
        stages.is_imputed as may_be_inferred,
        stages.is_imputed and people.person_id is not null as is_imputed,
        reached.entered_at,
        reached.is_date_only
    from entities
    inner join stages on entities.last_position >= stages.position
    left join people on entities.entity_id = people.person_id
    left join reached
        on
            entities.entity_id = reached.entity_id
            and stages.stage = reached.stage

),

imputed as (

    select
        *,
        min(entered_at) over (
            partition by entity_id
            order by position
            rows between current row and unbounded following
        ) as next_reached_at
    from grid

)

select
    entity_id,
    stage,
    position,
    coalesce(entered_at, next_reached_at) as entered_at,
    entered_at is null as is_inferred,
    coalesce(is_date_only, false) as is_date_only
from imputed
where
    is_imputed
    or (entered_at is not null and (may_be_inferred or entered_at = next_reached_at))
