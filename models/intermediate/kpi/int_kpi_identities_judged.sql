-- Identities with their verdict. One is not judged where a side has no value, rests on too few cases, or
-- is flagged as broken by another rule: it would only repeat what is known.

with

evaluated as (

    select * from {{ ref('int_kpi_identities_evaluated') }}

),

broken_sides as (

    select * from {{ ref('int_kpi_identity_sides_broken') }}

),

explained as (

    select
        evaluated.*,
        case
            when evaluated.value is null or evaluated.formula_value is null then 'no_value'
            when evaluated.is_insufficient then 'insufficient'
            when exists (
                select 1
                from broken_sides
                where
                    broken_sides.metric = evaluated.metric
                    and broken_sides.scope in ('all', evaluated.scope)
                    and broken_sides.period_start <= evaluated.period_end
                    and broken_sides.period_end >= evaluated.period_start
            ) then 'broken_input'
        end as reason
    from evaluated

)

select
    *,
    value - formula_value as difference,
    case
        when reason is not null then 'not_judged'
        when abs(value - formula_value) <= tolerance then 'holds'
        else 'broken'
    end as status
from explained
