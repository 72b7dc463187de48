-- One row per cohort with entities that may still convert in time: how many are expected to, and how unsure that
-- is. Of who is still in the stage, the odds to convert later are the level's odds times a factor of the age.

with

levels as (

    select * from {{ ref('int_cohort_levels') }}
    where n_at_risk_observed > 0

),

chances as (

    select * from {{ ref('int_conversion_chances') }}

),

at_risk as (

    select
        stage_pair,
        scope,
        cohort_month,
        followed_days as lag_days,
        sum(n) as n
    from {{ ref('int_conversions_counted') }}
    where event_kind = 'open' and followed_days < horizon_days and entry_delay_days = 0
    group by stage_pair, scope, cohort_month, followed_days

),

aged as (

    select
        levels.stage_pair,
        levels.scope,
        levels.cohort_month,
        levels.level,
        chances.chance,
        chances.n_at_risk,
        chances.converted,
        chances.lost,
        levels.level / (1 - levels.level) * greatest(1e-9, 1 - levels.horizon_conversion) / levels.horizon_conversion as odds_ratio,
        coalesce(at_risk.n, 0) as n,
        chances.still_in_stage_before * coalesce(sum(at_risk.n / nullif(chances.still_in_stage, 0)) over (
            partition by levels.stage_pair, levels.scope, levels.cohort_month
            order by chances.lag_days
            rows between unbounded preceding and 1 preceding
        ), 0) as n_expected_at_risk
    from levels
    inner join chances
        on
            levels.stage_pair = chances.stage_pair
            and levels.scope = chances.scope
    left join at_risk
        on
            levels.stage_pair = at_risk.stage_pair
            and levels.scope = at_risk.scope
            and levels.cohort_month = at_risk.cohort_month
            and chances.lag_days = at_risk.lag_days

),

projected as (

    select
        *,
        odds_ratio * chance / (1 - chance + odds_ratio * chance) as own_chance,
        -- Variance of one day's estimated hazards, as they move the chance of who was at risk before.
        coalesce((
            converted * pow(1 - chance, 2) + lost * pow(chance, 2)
            - pow(converted * (1 - chance) - lost * chance, 2) / nullif(n_at_risk, 0)
        ) / nullif(n_at_risk * n_at_risk, 0), 0) as hazard_variance
    from aged

)

select
    stage_pair,
    scope,
    cohort_month,
    {{ exact_sum('n * own_chance') }} as expected,
    {{ exact_sum('n * own_chance * (1 - own_chance)') }} as chance_variance,
    {{ exact_sum('n * own_chance * (1 - own_chance)') }} / max(level * (1 - level)) as expected_per_level,
    {{ exact_sum('n_expected_at_risk * n_expected_at_risk * hazard_variance') }}
    * pow(coalesce({{ exact_sum('n * own_chance') }} / nullif({{ exact_sum('n * chance') }}, 0), 1), 2) as curve_variance
from projected
group by stage_pair, scope, cohort_month
