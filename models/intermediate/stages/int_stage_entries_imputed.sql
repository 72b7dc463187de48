{{ config(
    materialized='incremental', incremental_strategy='replace_changed', on_schema_change='fail',
    unique_key='entity_id', changes='int_entities_changed'
) }}

-- Stays in stages under all policies. `impute`: a stage that was skipped on the way to the first stay in a later
-- one gets that one's time and is marked as inferred. `strict`: only stages whose every stage before was
-- entered, in order. `any`: whatever evidence shows. A stage that is never inferred (a visit) and that is first
-- seen after a later one was no entry: who is a lead already does not enter as a visitor. Of a deal without a
-- contact nobody is known who could have passed the stages before: none is inferred.

with

spells as (

    select * from {{ ref('int_stage_spells') }}
    where spell > 1 and {{ only_changed('int_entities_changed', 'entity_id') }}

),

judged as (

    select
        *,
        min(entered_at) over remaining as next_reached_at,
        arg_min(pass, entered_at) over remaining as next_pass,
        bool_and(
            not may_be_inferred
            or coalesce({{ to_local_date('entered_at') }} >= {{ to_local_date('coalesce(entered_before, entered_at)') }}, false)
        ) over reached as is_in_order
    from {{ ref('int_stage_reach') }}
    window
        remaining as (partition by contract, entity_id order by position rows between current row and unbounded following),
        reached as (partition by contract, entity_id order by position rows between unbounded preceding and current row)

)

select
    contract,
    entity_id,
    stage,
    position,
    1 as spell,
    coalesce(pass, next_pass) as pass,
    coalesce(entered_at, next_reached_at) as entered_at,
    entered_at is null as is_inferred,
    coalesce(is_date_only, false) as is_date_only,
    is_imputed or (entered_at is not null and (may_be_inferred or entered_at = next_reached_at)) as is_in_impute,
    entered_at is not null and is_in_order as is_in_strict,
    entered_at is not null as is_in_any
from judged
where is_imputed or entered_at is not null
union all
select
    contract,
    entity_id,
    stage,
    position,
    spell,
    pass,
    entered_at,
    false as is_inferred,
    is_date_only,
    true as is_in_impute,
    false as is_in_strict,
    true as is_in_any
from spells
