-- One row per person, web visitor or opportunity whose way through the funnel is to be followed anew.

select entity_id
from {{ ref('int_entities_compared') }}
where is_changed
union
select entity_id from {{ ref('int_visitors_changed') }}
