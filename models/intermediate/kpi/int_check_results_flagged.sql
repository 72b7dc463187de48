-- Checks that failed or could not be judged, in the shape of flags. A metric that is broken without a
-- period is broken for all of its life.

with

check_results as (

    select * from {{ ref('check_results') }}
    where status in ('failed', 'errored')

)

select
    check_id as rule,
    subject,
    metric,
    case when metric is not null then coalesce(scope, 'all') end as scope,
    case
        when metric is not null then coalesce(period_start, date '{{ var("calendar_start") }}')
        else period_start
    end as period_start,
    case when metric is not null then coalesce(period_end, as_of) else period_end end as period_end,
    case when status = 'errored' then 'error' else 'broken' end as kind,
    cause,
    severity,
    owner,
    detail_en,
    detail_ja,
    remedy_en,
    remedy_ja,
    cast(as_of as timestamp) as first_seen_at,
    cast(null as timestamp) as closed_at
from check_results
