-- History that the source overwrites, as far as its snapshots show it: a change is seen on the day of
-- the first snapshot that has it, and what changed twice between two snapshots changed once.

with

changes as (

    {{ observed_field_changes() }}

)

select
    source,
    object,
    entity_key,
    column_name,
    old_value,
    new_value,
    observed_date,
    is_first,
    change_kind
from changes
