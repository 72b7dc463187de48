-- A row is an imputed stage that more entities reached than the imputed stage before it: under the
-- policy `impute` that cannot be. Data engineering acts.

with

reach as (

    select
        stages.stage,
        stages.position,
        count(distinct entries.entity_id) as entities
    from {{ ref('dim_stages') }} as stages
    left join {{ ref('fct_stage_entries') }} as entries on stages.stage = entries.stage
    where stages.kind != 'lost' and stages.is_imputed
    group by stages.stage, stages.position

),

compared as (

    select
        *,
        lag(entities) over (order by position) as entities_before
    from reach

)

select * from compared
where entities > entities_before
