-- Periods in which an identity is broken, at the finest grain at which it is, numbered so that periods in a
-- row have the same span. A scope in a period that is broken for the whole is not told once more.

with

judged as (

    select
        *,
        array_position(['day', 'week', 'month', 'fiscal_quarter', 'fiscal_year'], grain) as grain_rank
    from {{ ref('int_kpi_identities_judged') }}
    where status = 'broken'

),

periods as (

    select
        grain,
        period_start,
        row_number() over (partition by grain order by period_start) as period_number
    from {{ ref('int_kpi_periods_listed') }}

),

finest as (

    select *
    from judged
    where
        scope = 'all' or not exists (
            select 1
            from judged as wholes
            where
                wholes.metric = judged.metric
                and wholes.grain = judged.grain
                and wholes.period_start = judged.period_start
                and wholes.scope = 'all'
        )
    qualify grain_rank = min(grain_rank) over (partition by metric, scope)

)

select
    finest.*,
    periods.period_number - row_number() over (
        partition by finest.metric, finest.scope
        order by finest.period_start
    ) as span
from finest
inner join periods
    on
        finest.grain = periods.grain
        and finest.period_start = periods.period_start
