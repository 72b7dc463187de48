-- The Aalen-Johansen estimate by stage pair, scope and day: the share still in the stage, the share
-- converted with losses as a competing event, and the Greenwood-type variance of it in its expanded form
-- sum((F(t) - F(s))^2 d / (Y (Y - d))) + sum(S^2 c (Y - c) / Y^3) - 2 sum((F(t) - F(s)) S c / Y^2)
-- over s <= t, with Y at risk, c converted and d = c + lost on day s and S the share before it.
-- Sources: Aalen and Johansen (1978), Scand. J. Stat. 5, 141-150; Dinse and Larson (1986), Biometrika 73, 379-386 (delta method).

with

risks as (

    select
        *,
        converted + lost as exited,
        coalesce(converted / nullif(n_at_risk, 0), 0) as converted_share,
        1 - coalesce((converted + lost) / nullif(n_at_risk, 0), 0) as remaining_share
    from {{ ref('int_conversion_risks') }}

),

survived as (

    select
        *,
        product(remaining_share) over days as still_in_stage
    from risks
    window days as (partition by stage_pair, scope order by lag_days)

),

before as (

    select
        *,
        lag(still_in_stage, 1, 1.0) over (partition by stage_pair, scope order by lag_days) as still_in_stage_before
    from survived

),

converted as (

    select
        *,
        sum(still_in_stage_before * converted_share) over (partition by stage_pair, scope order by lag_days) as conversion
    from before

),

terms as (

    -- When all leave on one day, F does not change after it and the term is zero.
    select
        *,
        coalesce(exited / nullif(n_at_risk * (n_at_risk - exited), 0), 0) as exit_term,
        coalesce(still_in_stage_before * converted_share / nullif(n_at_risk, 0), 0) as cross_term,
        coalesce(
            still_in_stage_before * still_in_stage_before * converted_share * (1 - converted_share) / nullif(n_at_risk, 0), 0
        ) as conversion_term
    from converted

)

select
    stage_pair,
    scope,
    lag_days,
    n_at_risk,
    converted,
    lost,
    still_in_stage_before,
    still_in_stage,
    conversion,
    greatest(
        0.0,
        conversion * conversion * sum(exit_term) over days
        - 2 * conversion * sum(conversion * exit_term + cross_term) over days
        + sum(conversion * conversion * exit_term + conversion_term + 2 * conversion * cross_term) over days
    ) as conversion_variance
from terms
window days as (partition by stage_pair, scope order by lag_days)
