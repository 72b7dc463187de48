-- Both stretches of each comparison: the running period's so far, and the earlier one's.

with

comparisons as (

    select * from {{ ref('int_period_comparisons') }}

)

select
    *,
    'now' as span,
    period_start as span_start,
    {{ as_of() }} as span_end
from comparisons
union all
select
    *,
    'then' as span,
    compared_start as span_start,
    compared_through as span_end
from comparisons
