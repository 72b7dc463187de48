-- One row per cohort: the conversion by the horizon that is expected of it, its variance as an estimate of the
-- cohort's true conversion, and the variance of what will be counted at the horizon.

with

cohorts as (

    select * from {{ ref('int_cohorts_developed') }}

),

levels as (

    select * from {{ ref('int_cohort_levels') }}

),

spreads as (

    select * from {{ ref('int_conversion_spreads') }}

),

projected as (

    select * from {{ ref('int_cohorts_projected') }}

),

parts as (

    select
        cohorts.*,
        levels.level,
        levels.credibility,
        levels.between_variance,
        levels.level * (1 - levels.level) as unit_variance,
        coalesce(projected.expected, 0) as expected,
        coalesce(projected.chance_variance, 0) as chance_variance,
        coalesce(projected.curve_variance, 0) as curve_variance,
        coalesce(projected.expected_per_level, 0) as expected_per_level,
        -- What is not known of the cohort's level: its own part, and that of the mean of all cohorts.
        levels.between_variance * (1 - levels.credibility)
        + (1 - levels.credibility) * (1 - levels.credibility)
        * coalesce(levels.between_variance / spreads.n_equal_cohorts, 0) as level_variance
    from cohorts
    left join levels
        on
            cohorts.stage_pair = levels.stage_pair
            and cohorts.scope = levels.scope
            and cohorts.cohort_month = levels.cohort_month
    left join spreads
        on
            cohorts.stage_pair = spreads.stage_pair
            and cohorts.scope = spreads.scope
    left join projected
        on
            cohorts.stage_pair = projected.stage_pair
            and cohorts.scope = projected.scope
            and cohorts.cohort_month = projected.cohort_month

)

select
    *,
    converted_observed + expected as projected_converted,
    chance_variance + curve_variance + expected_per_level * expected_per_level * level_variance as outcome_variance,
    -- Chance moved those whose outcome is known, is still to move the others, and moves the own level too.
    (
        n_observed * unit_variance * (1 + 2 * credibility * expected_per_level / n_observed)
        - chance_variance
        + curve_variance
        + expected_per_level * expected_per_level * level_variance
    ) / (n_observed * n_observed) as rate_variance
from parts
