-- What opportunities with a stage that no mapping knows make doubtful: the open pipeline is not to be
-- believed for the last 31 days (which of them were there before, the newest export does not say), and
-- one whose close date has passed may be a win that is not counted.

with

unmapped as (

    select
        count(*) as opportunities,
        count(*) filter (where {{ to_local_date('close_at') }} <= {{ as_of() }}) as past_close
    from {{ ref('int_opportunities_identified') }}
    where stage is null

),

doubtful as (

    select
        'open_pipeline' as metric,
        'broken' as kind,
        opportunities
    from unmapped
    union all
    select
        'won_revenue' as metric,
        'drifting' as kind,
        past_close as opportunities
    from unmapped
    union all
    select
        'won_deals' as metric,
        'drifting' as kind,
        past_close as opportunities
    from unmapped

)

select
    'opportunity stages' as rule,
    doubtful.metric as subject,
    doubtful.metric,
    'all' as scope,
    {{ as_of() }} - 31 as period_start,
    {{ as_of() }} as period_end,
    doubtful.kind,
    'definition' as cause,
    'warning' as severity,
    kpis.owner,
    doubtful.opportunities || ' opportunities are at a stage that no mapping knows.' as detail_en,
    '対応するステージのない商談が' || doubtful.opportunities || '件あります。' as detail_ja,
    'Add the stage to seeds/stage_mapping.csv and run again.' as remedy_en,
    'seeds/stage_mapping.csv にステージを追加して再実行してください。' as remedy_ja,
    cast({{ as_of() }} as timestamp) as first_seen_at,
    cast(null as timestamp) as closed_at
from doubtful
inner join {{ ref('dim_kpis') }} as kpis on doubtful.metric = kpis.metric
where doubtful.opportunities > 0
