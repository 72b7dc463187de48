with

spells as (

    select all_spells.*
    from {{ ref('fct_stage_spells') }} as all_spells
    where all_spells.contract in (select agreed.contract from {{ ref('int_stages_agreed') }} as agreed)

)

select
    entity_id || ':' || stage || ':' || spell as stage_entry_id,
    entity_id,
    stage,
    spell,
    entered_at,
    entered_date,
    exited_at,
    exit_type,
    channel,
    is_inferred,
    is_date_only,
    is_out_of_order,
    spell = 1 as is_first,
    is_in_strict,
    is_order_unknown,
    is_before_creation,
    is_bulk_import
from spells
