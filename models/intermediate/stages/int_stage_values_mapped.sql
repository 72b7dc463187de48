-- What each value means under each contract. A row of the mapping that names a contract goes before one
-- that holds for all of them.

select
    contracts.contract,
    mapping.source,
    mapping.source_field,
    lower(mapping.source_value) as source_value,
    mapping.stage
from {{ ref('stage_contracts') }} as contracts
inner join {{ ref('stage_mapping') }} as mapping
    on contracts.contract = coalesce(mapping.contract, contracts.contract)
qualify row_number() over (
    partition by contracts.contract, mapping.source, mapping.source_field, lower(mapping.source_value)
    order by mapping.contract is null
) = 1
