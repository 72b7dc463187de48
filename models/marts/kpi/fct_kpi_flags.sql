with

flags as (

    select * from {{ ref('int_kpi_drift_flagged') }}
    union all
    select * from {{ ref('int_check_results_flagged') }}
    union all
    select * from {{ ref('int_opportunities_flagged') }}
    union all
    select * from {{ ref('int_kpi_identities_flagged') }}

)

select
    -- Not of what changes while a flag is open (its end, its counts): the same flag keeps its id.
    substr(sha256(concat_ws('|', rule, kind, cause, subject, metric, scope, period_start)), 1, 16) as flag_id,
    subject,
    metric,
    scope,
    period_start,
    period_end,
    kind,
    cause,
    severity,
    owner,
    detail_en,
    detail_ja,
    remedy_en,
    remedy_ja,
    first_seen_at,
    closed_at
from flags
