-- What each value means under each contract. What the mapping of one contract says goes before what holds
-- for all of them.

with

unioned as (

    select
        contracts.contract,
        mapping.source,
        mapping.source_field,
        lower(mapping.source_value) as source_value,
        mapping.stage,
        2 as priority
    from {{ ref('stage_contracts') }} as contracts
    cross join {{ ref('stage_mapping') }} as mapping
    union all
    select
        contract,
        source,
        source_field,
        lower(source_value) as source_value,
        stage,
        1 as priority
    from {{ ref('stage_mapping_by_contract') }}

)

select * exclude (priority)
from unioned
qualify row_number() over (
    partition by contract, source, source_field, source_value
    order by priority
) = 1
