with

handovers as (

    select
        *,
        cast(date_trunc('month', mql_date) as date) as cohort_month,
        case when outcome = 'rejected' then coalesce(rejection_reason, 'not_stated') end as stated_reason
    from {{ ref('fct_handovers') }}

),

scoped as (

    {% for dimension in ['channel', 'segment', 'region', 'owner_id'] %}
        select
            *,
            '{{ dimension }}=' || {{ dimension }} as scope
        from handovers
        where {{ dimension }} is not null
        union all
    {% endfor %}
    select
        *,
        'all' as scope
    from handovers

),

cohorts as (

    select
        cohort_month,
        scope,
        count(*) as n,
        count(*) filter (where is_sla_over) as n_due
    from scoped
    group by cohort_month, scope

),

outcomes as (

    select
        cohort_month,
        scope,
        outcome,
        stated_reason,
        count(*) filter (where is_sla_over) as n_outcome,
        count(*) filter (where is_sla_over and is_sla_kept) as n_in_time
    from scoped
    where outcome != 'within_sla'
    group by cohort_month, scope, outcome, stated_reason

)

select
    outcomes.cohort_month || ':' || outcomes.scope || ':' || outcomes.outcome
    || ':' || coalesce(outcomes.stated_reason, '') as handover_outcome_id,
    outcomes.cohort_month,
    outcomes.scope,
    outcomes.outcome,
    outcomes.stated_reason as rejection_reason,
    outcomes.n_outcome,
    outcomes.n_in_time,
    cohorts.n_due,
    cohorts.n,
    outcomes.n_outcome / nullif(cohorts.n_due, 0) as share,
    outcomes.n_in_time / nullif(cohorts.n_due, 0) as share_in_time,
    cohorts.n_due / cohorts.n as maturity,
    case
        when cohorts.n_due < {{ var('minimum_denominator') }} then 'insufficient'
        when cohorts.n_due < cohorts.n or last_day(cohorts.cohort_month) > {{ as_of() }} then 'provisional'
        else 'final'
    end as status
from outcomes
inner join cohorts on outcomes.cohort_month = cohorts.cohort_month and outcomes.scope = cohorts.scope
