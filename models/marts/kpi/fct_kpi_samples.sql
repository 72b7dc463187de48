with

samples as (

    select * from {{ ref('int_kpi_samples_grouped') }}

)

select
    semantic_model || ':' || group_id || ':' || metric as kpi_sample_id,
    semantic_model,
    group_id,
    month,
    channel,
    cases,
    metric,
    value
from samples
