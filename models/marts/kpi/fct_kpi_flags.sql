with

alarms as (

    select * from {{ ref('int_kpi_drift_judged') }}

),

check_results as (

    select * from {{ ref('check_results') }}
    where status in ('failed', 'errored')

),

kpis as (

    select * from {{ ref('dim_kpis') }}

),

unioned as (

    select
        alarms.metric as subject,
        alarms.metric,
        alarms.scope,
        cast(alarms.dated_from as date) as period_start,
        coalesce(cast(alarms.dated_to as date), {{ as_of() }}) as period_end,
        alarms.kind,
        alarms.cause,
        alarms.severity,
        kpis.owner,
        alarms.detail_en,
        alarms.detail_ja,
        null as remedy_en,
        null as remedy_ja,
        cast(alarms.opened_on as timestamp) as first_seen_at,
        cast(alarms.closed_on as timestamp) as closed_at
    from alarms
    inner join kpis on alarms.metric = kpis.metric
    union all
    select
        subject,
        metric,
        case when metric is not null then coalesce(scope, 'all') end as scope,
        coalesce(period_start, date '{{ var("calendar_start") }}') as period_start,
        coalesce(period_end, as_of) as period_end,
        case when status = 'errored' then 'error' else 'broken' end as kind,
        cause,
        severity,
        owner,
        detail_en,
        detail_ja,
        remedy_en,
        remedy_ja,
        cast(as_of as timestamp) as first_seen_at,
        null as closed_at
    from check_results

)

select
    substr(sha256(concat_ws('|', kind, cause, subject, metric, scope, period_start, period_end, detail_en)), 1, 16) as flag_id,
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
    cast(closed_at as timestamp) as closed_at
from unioned
