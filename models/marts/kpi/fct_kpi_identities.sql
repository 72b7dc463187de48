with

judged as (

    select * from {{ ref('int_kpi_identities_judged') }}

)

select
    metric || ':' || grain || ':' || period_start || ':' || scope as kpi_identity_id,
    metric,
    formula,
    grain,
    period_start,
    period_end,
    scope,
    -- What is broken for another reason is withheld, here as elsewhere.
    case when coalesce(reason, '') != 'broken_input' then value end as value,
    case when coalesce(reason, '') != 'broken_input' then formula_value end as formula_value,
    case when coalesce(reason, '') != 'broken_input' then difference end as difference,
    tolerance,
    status,
    reason,
    {{ as_of() }} as as_of
from judged
