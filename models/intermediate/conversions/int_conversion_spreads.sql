-- By stage pair and scope: the variance of the true conversion between cohorts, beyond what chance alone makes of
-- equal ones. Method of moments over the cohorts that are developed by half or more, weighted by how
-- much they tell: DerSimonian and Kacker (2007), Contemp. Clin. Trials 28, 105-114, formula 6.

with

cohorts as (

    select
        stage_pair,
        scope,
        n_developed as weight,
        converted_observed / n_developed as level,
        -- Of one entity that is developed by the share s the conversion is seen with probability p s.
        (
            horizon_conversion * n_developed - horizon_conversion * horizon_conversion * n_developed_squared
        ) / (n_developed * n_developed) as sampling_variance
    from {{ ref('int_cohorts_developed') }}
    where n_observed > 0 and n_developed >= 0.5 * n_observed

),

weighted as (

    select
        *,
        sum(weight) over (partition by stage_pair, scope) as total_weight,
        sum(weight * level) over (partition by stage_pair, scope)
        / sum(weight) over (partition by stage_pair, scope) as mean_level
    from cohorts

),

moments as (

    select
        stage_pair,
        scope,
        count(*) as n_cohorts,
        sum(weight * (level - mean_level) * (level - mean_level)) as spread,
        sum(weight * sampling_variance * (1 - weight / total_weight)) as spread_by_chance,
        max(total_weight) - sum(weight * weight) / max(total_weight) as scale,
        max(total_weight) * max(total_weight) / sum(weight * weight) as n_equal_cohorts
    from weighted
    group by stage_pair, scope

)

select
    stage_pair,
    scope,
    n_cohorts,
    n_equal_cohorts,
    case when n_cohorts > 1 then greatest(0.0, (spread - spread_by_chance) / scale) else 0.0 end as between_variance
from moments
