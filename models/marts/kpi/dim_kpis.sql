with

kpis as (

    select * from {{ ref('int_kpis_listed') }}

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
    definition_hash
from kpis
