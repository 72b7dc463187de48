with

initiatives as (

    -- A decision that was made after the as-of date is not known yet.
    select
        * exclude (reviewed_date, decision, linked_change),
        case when reviewed_date <= {{ as_of() }} then reviewed_date end as reviewed_date,
        case when reviewed_date <= {{ as_of() }} then decision end as decision,
        case when reviewed_date <= {{ as_of() }} then linked_change end as linked_change
    from {{ ref('initiatives') }}

),

verdicts as (

    select * from {{ ref('fct_initiative_verdicts') }}

)

select
    initiatives.initiative_id,
    initiatives.name_en,
    initiatives.name_ja,
    initiatives.owner,
    initiatives.metric,
    initiatives.scope,
    initiatives.design,
    initiatives.control_metric,
    initiatives.control_scope,
    initiatives.start_date,
    initiatives.end_date,
    initiatives.lag_days,
    initiatives.expected_effect,
    targets.planned_detectable,
    initiatives.guardrail_metric,
    case
        when initiatives.decision is not null then 'closed'
        when initiatives.start_date > {{ as_of() }} then 'planned'
        when initiatives.end_date >= {{ as_of() }} then 'running'
        when coalesce(targets.verdict, 'too_early') = 'too_early' then 'maturing'
        else 'to_review'
    end as phase,
    initiatives.decision is null and initiatives.review_due_date < {{ as_of() }} as is_overdue,
    targets.verdict,
    guardrails.verdict as guardrail_verdict,
    initiatives.review_due_date,
    initiatives.reviewed_date,
    initiatives.decision,
    initiatives.linked_change,
    {{ as_of() }} as as_of
from initiatives
left join verdicts as targets
    on
        initiatives.initiative_id = targets.initiative_id
        and targets.role = 'target'
left join verdicts as guardrails
    on
        initiatives.initiative_id = guardrails.initiative_id
        and guardrails.role = 'guardrail'
