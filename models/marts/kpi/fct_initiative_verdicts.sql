with

judged as (

    select * from {{ ref('int_initiatives_judged') }}

)

select
    initiative_id || ':' || role as initiative_verdict_id,
    initiative_id,
    role,
    metric,
    scope,
    verdict,
    design_used,
    coalesce(design_used != 'before_after', false) as is_evidence,
    reason,
    grain,
    measured_from,
    measured_to,
    ready_date,
    n_before,
    n_after,
    planned_detectable,
    detectable,
    effect,
    effect_lower,
    effect_upper,
    detail_en,
    detail_ja,
    {{ as_of() }} as as_of
from judged
