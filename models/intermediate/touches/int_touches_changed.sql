-- One row per person whose touches are to be gathered anew.

select person_id
from {{ ref('int_signals_compared') }}
where is_changed
union
select person_id
from {{ ref('int_people_compared') }}
where is_changed
union
select entity_id as person_id
from {{ ref('int_visitors_changed') }}
