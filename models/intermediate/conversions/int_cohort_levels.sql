-- One row per cohort with a usable curve: the level of its conversion by the horizon, between what the cohort itself
-- shows and what all cohorts show. Cohorts that differ much, or that are well developed, speak for themselves
-- (credibility weight near 1): Buehlmann and Straub (1970), Mitt. Ver. Schweiz. Vers.-Math. 70, 111-133.

with

cohorts as (

    select * from {{ ref('int_cohorts_developed') }}
    where n_developed > 0

),

spreads as (

    select * from {{ ref('int_conversion_spreads') }}

),

measured as (

    select
        cohorts.*,
        coalesce(spreads.between_variance, 0) as between_variance,
        cohorts.horizon_variance + coalesce(spreads.between_variance / spreads.n_equal_cohorts, 0) as pooled_variance,
        (
            cohorts.horizon_conversion * cohorts.n_developed
            - cohorts.horizon_conversion * cohorts.horizon_conversion * cohorts.n_developed_squared
        ) / (cohorts.n_developed * cohorts.n_developed) as sampling_variance
    from cohorts
    left join spreads
        on
            cohorts.stage_pair = spreads.stage_pair
            and cohorts.scope = spreads.scope

),

weighted as (

    select
        *,
        coalesce(between_variance / nullif(between_variance + sampling_variance, 0), 0) as credibility
    from measured

)

select
    *,
    -- Never at 0 or 1, where odds end: half an entity on either side.
    least(
        1 - 0.5 / (n_observed + 1),
        greatest(
            0.5 / (n_observed + 1),
            credibility * converted_observed / n_developed + (1 - credibility) * horizon_conversion
        )
    ) as level
from weighted
