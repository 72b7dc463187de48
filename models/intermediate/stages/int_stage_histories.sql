-- One row per time at which the history of one record's field says that it came into a stage, with the stage
-- before. Stages that end the funnel without winning are left out: they are no step back.

with

evidence as (

    select
        evidence.contract,
        evidence.entity_id,
        evidence.opportunity_id,
        evidence.track_id,
        evidence.entered_at,
        evidence.is_date_only,
        {{ to_local_date('evidence.entered_at') }} as entered_date,
        stages.position
    from {{ ref('int_stage_evidence_mapped') }} as evidence
    inner join {{ ref('stages') }} as stages
        on evidence.contract = stages.contract and evidence.stage = stages.stage
    where evidence.entered_at is not null and evidence.track_id is not null and stages.kind != 'lost'

)

-- Of one day with dates alone the order is not known: the usual one is taken.
select
    *,
    lag(position) over (
        partition by contract, track_id
        order by entered_date, case when is_date_only then position end nulls last, entered_at, position
    ) as position_before
from evidence
