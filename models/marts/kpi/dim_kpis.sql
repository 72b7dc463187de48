with

kpis as (

    select * from {{ ref('int_kpis_listed') }}

),

stage_pairs as (

    select * from {{ ref('int_conversion_horizons') }}

),

hashed as (

    -- A conversion's horizon is part of its definition, and the seed states it.
    select
        kpis.* exclude (definition_hash),
        case
            when stage_pairs.horizon_days is null then kpis.definition_hash
            else substr(sha256(kpis.definition_hash || ':' || stage_pairs.horizon_days), 1, 16)
        end as definition_hash
    from kpis
    left join stage_pairs on kpis.stage_pair = stage_pairs.stage_pair

)

select
    metric,
    role,
    owner,
    unit,
    direction,
    cadence,
    kind,
    label_en,
    label_ja,
    description,
    description_ja,
    formula,
    parent_metric,
    numerator_metric,
    denominator_metric,
    stage_pair,
    range_min,
    range_max,
    definition_hash,
    identity_formula,
    inflow_metric,
    inflow_stage_pair
from hashed
