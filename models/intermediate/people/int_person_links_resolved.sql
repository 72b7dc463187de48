-- One row per record of a person and record of another source that it names as the same person, such as
-- the id of the lead in the CRM, both under the ids that their sources now know them under.

with

links as (

    {{ union_inputs('person_links', {
        'source': 'varchar', 'source_person_id': 'varchar', 'linked_source': 'varchar', 'linked_person_id': 'varchar'
    }) }}

),

ids as (

    select * from {{ ref('int_ids_resolved') }}
    where entity_type = 'person'

)

select distinct
    links.source,
    coalesce(own_ids.surviving_source_id, links.source_person_id) as source_person_id,
    links.linked_source,
    coalesce(linked_ids.surviving_source_id, links.linked_person_id) as linked_person_id
from links
left join ids as own_ids on links.source = own_ids.source and links.source_person_id = own_ids.source_id
left join ids as linked_ids on links.linked_source = linked_ids.source and links.linked_person_id = linked_ids.source_id
where links.source_person_id is not null and links.linked_person_id is not null
