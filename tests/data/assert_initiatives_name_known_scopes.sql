{{ config(severity='warn') }}

-- A row is an initiative whose metric, control or guardrail has no value in the scope that it names: it can
-- never be judged. One is too many, since a scope is typed by hand. Its owner corrects seeds/initiatives.csv.

with

measured as (

    select * from {{ ref('int_initiatives_measured') }}

),

arms as (

    select
        initiative_id,
        metric,
        scope
    from measured
    union
    select
        initiative_id,
        control_metric,
        control_scope
    from measured
    where has_control

),

known as (

    select distinct
        metric,
        scope
    from {{ ref('fct_kpi_values') }}

)

select arms.*
from arms
left join known
    on
        arms.metric = known.metric
        and arms.scope = known.scope
where known.metric is null
