-- A row is a change whose contributions do not sum to it, for one way of splitting it up. Tolerance: 1e-9 of
-- the values, for rounding. Analytics engineering acts.

with

contributions as (

    select * from {{ ref('fct_kpi_contributions') }}

),

summed as (

    select
        metric,
        comparison,
        grain,
        scope,
        decomposition,
        from_period,
        to_period,
        max(change) as change,
        sum(contribution) as contributions,
        sum(abs(contribution)) + max(abs(from_value)) + max(abs(to_value)) as size
    from contributions
    group by metric, comparison, grain, scope, decomposition, from_period, to_period

)

select * from summed
where not coalesce(abs(change - contributions) <= 1e-9 * size, false)
