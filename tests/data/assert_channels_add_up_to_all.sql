-- A row is a count or amount of a month whose channels do not add up to all. Tolerance: rounding of
-- floating-point sums. The full cost of acquisition is left out: salaries and tools belong to no channel.
-- Data engineering acts.

with

kpi_values as (

    select * from {{ ref('int_kpi_values_computed') }}
    where grain = 'month' and kind in ('count', 'amount') and not starts_with(metric, 'cac_fully_loaded')

),

compared as (

    select
        metric,
        period_start,
        sum(value) filter (where scope = 'all') as total,
        sum(value) filter (where scope != 'all') as total_of_channels
    from kpi_values
    group by metric, period_start

)

select * from compared
where abs(total - coalesce(total_of_channels, 0)) > 1e-6 * greatest(abs(total), 1)
