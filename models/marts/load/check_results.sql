with

check_results as (

    select * from {{ source('keiro', 'check_results') }}

)

select
    run_at,
    as_of,
    suite,
    layer,
    check_id,
    subject,
    metric,
    scope,
    period_start,
    period_end,
    status,
    severity,
    cause,
    owner,
    observed,
    detail_en,
    detail_ja,
    remedy_en,
    remedy_ja,
    unexpected_count,
    element_count
from check_results
