-- A row is a metric whose name says another horizon than the seed `stage_pairs` gives it. A changed
-- horizon is another metric: its owner renames it.

with

kpis as (

    select * from {{ ref('dim_kpis') }}
    where regexp_matches(metric, '_[0-9]+d$')

),

stage_pairs as (

    select * from {{ ref('int_conversion_horizons') }}

)

select
    kpis.metric,
    stage_pairs.horizon_days
from kpis
inner join stage_pairs on kpis.stage_pair = stage_pairs.stage_pair
where not ends_with(kpis.metric, '_' || stage_pairs.horizon_days || 'd')
