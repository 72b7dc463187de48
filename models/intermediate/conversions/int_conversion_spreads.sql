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

totals as (

    select
        stage_pair,
        scope,
        count(*) as n_cohorts,
        {{ exact_sum('weight') }} as total_weight,
        {{ exact_sum('weight * weight') }} as total_square,
        {{ exact_sum('weight * level') }} / {{ exact_sum('weight') }} as mean_level
    from cohorts
    group by stage_pair, scope

),

moments as (

    select
        totals.stage_pair,
        totals.scope,
        max(totals.n_cohorts) as n_cohorts,
        {{ exact_sum('cohorts.weight * pow(cohorts.level - totals.mean_level, 2)') }} as spread,
        {{ exact_sum('cohorts.weight * cohorts.sampling_variance * (1 - cohorts.weight / totals.total_weight)') }} as spread_by_chance,
        max(totals.total_weight - totals.total_square / totals.total_weight) as scale,
        max(totals.total_weight * totals.total_weight / totals.total_square) as n_equal_cohorts
    from cohorts
    inner join totals
        on
            cohorts.stage_pair = totals.stage_pair
            and cohorts.scope = totals.scope
    group by totals.stage_pair, totals.scope

)

select
    stage_pair,
    scope,
    n_cohorts,
    n_equal_cohorts,
    case when n_cohorts > 1 then greatest(0.0, (spread - spread_by_chance) / scale) else 0.0 end as between_variance
from moments
