-- History that the source overwrites, as far as its snapshots show it: a change is seen on the day of
-- the first snapshot that has it, and what changed twice between two snapshots changed once.

{% set tables = tracked_tables() -%}

{% for table in tables %}
{{ field_changes(table) }}
{{ "union all" if not loop.last }}
{% else %}
select
    cast(null as varchar) as source,
    cast(null as varchar) as object,
    cast(null as varchar) as entity_key,
    cast(null as varchar) as column_name,
    cast(null as varchar) as old_value,
    cast(null as varchar) as new_value,
    cast(null as date) as observed_date,
    cast(null as boolean) as is_first,
    cast(null as varchar) as change_kind
where false
{% endfor %}
