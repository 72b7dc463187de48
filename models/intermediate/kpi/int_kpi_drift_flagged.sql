-- Alarms of the watch over indicators, in the shape of flags.

with

alarms as (

    select * from {{ ref('int_kpi_drift_judged') }}

),

kpis as (

    select * from {{ ref('dim_kpis') }}

)

select
    'watch' as rule,
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
