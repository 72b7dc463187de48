with

conversions as (

    select * from {{ ref('fct_stage_conversions') }}

),

scoped as (

    select
        *,
        cast(date_trunc('month', entered_date) as date) as cohort_month,
        'all' as scope
    from conversions
    union all
    select
        *,
        cast(date_trunc('month', entered_date) as date) as cohort_month,
        'channel=' || channel as scope
    from conversions

),

cohorts as (

    select
        cohort_month,
        from_stage,
        to_stage,
        scope,
        horizon_days,
        count(*) as n,
        count(*) filter (where is_converted_within_horizon) as converted,
        count(*) filter (where is_mature) as n_mature,
        count(*) filter (where is_mature and is_converted_within_horizon) as converted_mature,
        count(*) filter (where not is_mature and not is_converted_within_horizon and not is_lost) as n_at_risk
    from scoped
    group by cohort_month, from_stage, to_stage, scope, horizon_days

)

select
    cohort_month || ':' || from_stage || ':' || to_stage || ':' || scope as cohort_id,
    cohort_month,
    from_stage,
    to_stage,
    scope,
    horizon_days,
    n,
    converted,
    n_at_risk,
    n_mature,
    converted / n as plain_rate,
    -- Only entities followed for the whole horizon: no false drop in the newest cohorts.
    converted_mature / nullif(n_mature, 0) as rate,
    {{ wilson_bound('converted_mature', 'n_mature', '-') }} as rate_lower,
    {{ wilson_bound('converted_mature', 'n_mature', '+') }} as rate_upper,
    n_mature / n as maturity,
    case
        when n_mature < {{ var('minimum_denominator') }} then 'insufficient'
        when n_mature < n then 'provisional'
        else 'final'
    end as status
from cohorts
