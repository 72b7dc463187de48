-- Periods in which an identity is broken, numbered so that those that touch have the same span. A longer
-- period is told only where it is broken by more than the shorter ones in it, and a scope only where the whole
-- is not broken in the period.

with

judged as (

    select
        *,
        array_position(['day', 'week', 'month', 'fiscal_quarter', 'fiscal_year'], grain) as grain_rank
    from {{ ref('int_kpi_identities_judged') }}
    where status = 'broken'

),

inside as (

    select
        longer.metric,
        longer.scope,
        longer.grain,
        longer.period_start,
        shorter.grain as shorter_grain,
        sum(abs(shorter.difference)) as difference
    from judged as longer
    inner join judged as shorter
        on
            longer.metric = shorter.metric
            and longer.scope = shorter.scope
            and longer.grain_rank > shorter.grain_rank
            and longer.period_start <= shorter.period_start
            and longer.period_end >= shorter.period_end
    group by longer.metric, longer.scope, longer.grain, longer.period_start, shorter.grain

),

own as (

    select judged.*
    from judged
    where
        not exists (
            select 1
            from inside
            where
                inside.metric = judged.metric
                and inside.scope = judged.scope
                and inside.grain = judged.grain
                and inside.period_start = judged.period_start
                and inside.difference * (1 + 1e-6) >= abs(judged.difference)
        )
        and (judged.scope = 'all' or not exists (
            select 1
            from judged as wholes
            where
                wholes.metric = judged.metric
                and wholes.grain = judged.grain
                and wholes.period_start = judged.period_start
                and wholes.scope = 'all'
        ))

),

gaps as (

    select
        *,
        coalesce(period_start > max(period_end) over (
            partition by metric, scope
            order by period_start, period_end
            rows between unbounded preceding and 1 preceding
        ) + 1, true) as is_apart
    from own

)

select
    *,
    count(*) filter (where is_apart) over (
        partition by metric, scope
        order by period_start, period_end
        rows between unbounded preceding and current row
    ) as span
from gaps
