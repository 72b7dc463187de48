with

judged as (

    select * from {{ ref('int_kpi_designs_judged') }}

)

select
    finding_id,
    rule_id,
    severity,
    metric,
    file,
    message_en,
    message_ja,
    remedy_en,
    remedy_ja,
    evidence,
    reason is not null as is_switched_off,
    reason,
    position,
    {{ as_of() }} as as_of
from judged
