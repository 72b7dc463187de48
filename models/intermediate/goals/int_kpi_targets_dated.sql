-- Targets with the days on which each counts: from its effective_from until a newer row of the same
-- metric, scope and period does.

with

targets as (

    select * from {{ ref('kpi_targets') }}

),

dated as (

    select
        *,
        lead(effective_from) over (
            partition by metric, scope, grain, period_start
            order by effective_from
        ) - 1 as effective_to
    from targets

)

select
    *,
    effective_from <= {{ as_of() }} and coalesce(effective_to >= {{ as_of() }}, true) as is_in_force
from dated
