with

cohorts as (

    select * from {{ ref('int_cohorts_estimated') }}

),

horizons as (

    select * from {{ ref('int_conversion_horizons') }}

),

judged as (

    select
        *,
        n_developed / nullif(n_observed, 0) as developed_share,
        case
            when n_observed < {{ var('minimum_denominator') }} then 'insufficient'
            when n_mature = n then 'final'
            when coalesce(n_developed / n_observed, 0) < {{ var('minimum_developed_share', 0.2) }} then 'insufficient'
            else 'provisional'
        end as status
    from cohorts

),

measured as (

    select
        *,
        case
            when n_mature = n then converted_observed / nullif(n_observed, 0)
            when status = 'provisional' then projected_converted / n_observed
        end as rate,
        -- As many fully followed entities would leave the rate as uncertain; all of them when all are.
        case
            when n_mature = n then cast(n_observed as double)
            when status = 'provisional' then unit_variance / greatest(rate_variance, 1e-12)
        end as n_effective
    from judged

)

select
    measured.cohort_month || ':' || measured.from_stage || ':' || measured.to_stage || ':' || measured.scope as cohort_id,
    measured.cohort_month,
    measured.from_stage,
    measured.to_stage,
    measured.scope,
    measured.horizon_days,
    measured.n,
    measured.converted,
    measured.n_at_risk,
    measured.n_mature,
    measured.converted / measured.n as plain_rate,
    measured.rate,
    {{ wilson_bound('measured.rate * measured.n_effective', 'measured.n_effective', '-') }} as rate_lower,
    {{ wilson_bound('measured.rate * measured.n_effective', 'measured.n_effective', '+') }} as rate_upper,
    measured.n_mature / measured.n as maturity,
    measured.status,
    measured.stage_pair,
    case when measured.rate is not null then measured.projected_converted end as projected_converted,
    {{ count_bound('measured', '-') }} as projected_lower,
    {{ count_bound('measured', '+') }} as projected_upper,
    measured.n_effective,
    measured.developed_share,
    measured.credibility,
    measured.n_truncated,
    measured.n_truncated > 0 as is_truncated,
    horizons.horizon_basis,
    horizons.horizon_learned_on,
    horizons.horizon_converters
from measured
inner join horizons on measured.stage_pair = horizons.stage_pair
