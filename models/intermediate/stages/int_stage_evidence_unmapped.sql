-- Stage values that no mapping knows: kept out of the funnel, and flagged.

with

evidence as (

    select mapped.*
    from {{ ref('int_stage_evidence_mapped') }} as mapped
    where
        mapped.stage is null
        and mapped.contract in (select agreed.contract from {{ ref('int_stages_agreed') }} as agreed)

)

select
    source,
    source_field,
    {{ label_or_mask('source_value') }} as source_value,
    count(*) as n_rows,
    count(distinct entity_id) as n_entities,
    min(entered_at) as first_entered_at,
    max(entered_at) as last_entered_at
from evidence
group by source, source_field, {{ label_or_mask('source_value') }}
