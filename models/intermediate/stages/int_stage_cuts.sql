-- One row per time at which an entity's way through the funnel was cut: it was lost, or the history of one
-- record went back to a lower stage. What it reaches afterwards at or above that stage, it enters anew. While
-- another opportunity of the entity is open, neither cuts its way.

with

losses as (

    select
        evidence.contract,
        evidence.entity_id,
        evidence.opportunity_id,
        evidence.entered_at,
        evidence.is_date_only
    from {{ ref('int_stage_evidence_mapped') }} as evidence
    inner join {{ ref('stages') }} as stages
        on evidence.contract = stages.contract and evidence.stage = stages.stage
    where evidence.entered_at is not null and stages.kind = 'lost'

),

cuts as (

    select
        contract,
        entity_id,
        opportunity_id,
        entered_at as cut_at,
        entered_at - interval 1 microsecond as cut_after,
        position as cut_position,
        'recycled' as exit_type
    from {{ ref('int_stage_histories') }}
    where position < position_before
    union all
    select
        contract,
        entity_id,
        opportunity_id,
        entered_at as cut_at,
        entered_at + case when is_date_only then interval 1 day - interval 1 microsecond else interval 0 day end
            as cut_after,
        0 as cut_position,
        'lost' as exit_type
    from losses

),

opportunities as (

    select
        opportunity_id,
        person_id,
        created_at,
        case when stage_kind = 'open' then timestamp '9999-01-01' else close_at end as ended_at
    from {{ ref('int_opportunities_identified') }}
    where person_id is not null

),

valid as (

    select distinct
        cuts.contract,
        cuts.entity_id,
        cuts.cut_at,
        cuts.cut_after,
        cuts.cut_position,
        cuts.exit_type
    from cuts
    anti join opportunities
        on
            cuts.entity_id = opportunities.person_id
            and cuts.opportunity_id is distinct from opportunities.opportunity_id
            and cuts.cut_at >= opportunities.created_at
            and cuts.cut_at < opportunities.ended_at

)

select
    *,
    row_number() over (
        partition by contract, entity_id
        order by cut_after, cut_position, exit_type, cut_at
    ) as cut_number
from valid
