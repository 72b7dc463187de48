-- One row per metric and metric that it is computed from, directly or through others, itself included.

with recursive

kpis as (

    select * from {{ ref('int_kpis_listed') }}

),

edges as (

    select
        metric,
        unnest(string_split(input_metrics, ',')) as input_metric
    from kpis
    where input_metrics != ''

),

traced as (

    select
        metric,
        metric as input_metric
    from kpis
    union
    select
        traced.metric,
        edges.input_metric
    from traced
    inner join edges on traced.input_metric = edges.metric

)

select
    metric,
    input_metric
from traced
