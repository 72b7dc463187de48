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
        replace(alarms.detail_en, alarms.metric, kpis.label_en) as detail_en,
        replace(alarms.detail_ja, alarms.metric, kpis.label_ja) as detail_ja,
        {{ drift_remedy('alarms.kind', 'en') }} as remedy_en,
        {{ drift_remedy('alarms.kind', 'ja') }} as remedy_ja,
        cast(alarms.opened_on as timestamp) as first_seen_at,
        cast(alarms.closed_on as timestamp) as closed_at
    from alarms
    inner join kpis on alarms.metric = kpis.metric
    union all
    select
        subject,
        metric,
        case when metric is not null then coalesce(scope, 'all') end as scope,
        -- A metric that is broken without a period is broken for all of its life.
        case when metric is not null then coalesce(period_start, date '{{ var("calendar_start") }}') else period_start end as period_start,
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
