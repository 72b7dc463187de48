{{ config(
    materialized='incremental', incremental_strategy='replace_changed', on_schema_change='fail',
    unique_key='entity_id', changes='int_entities_changed'
) }}

-- Stays in stages under the policy of the variable `stage_policy`, with their end: the next stage of the same
-- way, else what cut the way: lost, or recycled to a lower stage. A won customer is not lost by a lost deal.

with

entries as (

    select * from {{ ref('int_stage_entries_imputed') }}
    where is_in_{{ var('stage_policy') }} and {{ only_changed('int_entities_changed', 'entity_id') }}

),

cuts as (

    select * from {{ ref('int_stage_cuts') }}

),

stages as (

    select * from {{ ref('stages') }}

),

followed as (

    select
        *,
        lead(entered_at) over (
            partition by contract, entity_id, pass order by position, entered_at
        ) as next_entered_at
    from entries

),

ended as (

    select
        followed.*,
        cuts.cut_at,
        case
            when followed.next_entered_at is not null then 'advanced'
            when stages.kind = 'won' and cuts.exit_type = 'lost' then 'open'
            else coalesce(cuts.exit_type, 'open')
        end as exit_type
    from followed
    inner join stages on followed.contract = stages.contract and followed.stage = stages.stage
    left join cuts
        on
            followed.contract = cuts.contract
            and followed.entity_id = cuts.entity_id
            and followed.pass + 1 = cuts.cut_number

)

select
    * exclude (next_entered_at, cut_at),
    case
        when exit_type = 'advanced' then next_entered_at
        -- A loss of the same day that is known by its date alone came after the entry.
        when exit_type != 'open' then greatest(cut_at, entered_at)
    end as exited_at,
    coalesce(next_entered_at < entered_at, false) as is_out_of_order
from ended
