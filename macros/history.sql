{% macro tracked_tables() %}
    {#- The source tables with columns that are `tracked`, of the sources that are on: for each its
        source, name, relation, key and tracked columns. Empty while dbt parses. -#}
    {%- set tables = [] -%}
    {%- if execute -%}
        {%- for node in graph.sources.values() | sort(attribute='unique_id') if node.source_name in var('sources') -%}
            {%- set tracked = [] -%}
            {%- for column in node.columns.values() if column.config.meta.get('tracked') or column.meta.get('tracked') -%}
                {%- do tracked.append(column.name) -%}
            {%- endfor -%}
            {%- if tracked and node.config.meta.get('extracted_at') -%}
                {%- do tables.append({
                    'source': node.source_name, 'object': node.name, 'relation': node.relation_name,
                    'key': source_key(node.source_name, node.name), 'columns': tracked
                }) -%}
            {%- endif -%}
        {%- endfor -%}
    {%- endif -%}
    {%- do return(tables) -%}
{% endmacro %}

{% macro versions_of(relation, key) %}
    {#- Every version of each key with the days on which it was the newest: from `_valid_from` to
        before `_valid_to`, null while it lasts. `_is_deleted` says that the key was gone then. Of
        several versions of one day the last counts. Files without a date are as of always. -#}
    select
        *,
        _extracted_at as _valid_from,
        lead(_extracted_at) over (
            partition by {{ key | join(', ') }}
            order by _extracted_at nulls first
        ) as _valid_to
    from (
        select *
        from {{ relation }}
        where coalesce(_extracted_at, {{ as_of() }}) <= {{ as_of() }}
        qualify row_number() over (
            partition by {{ key | join(', ') }}, _extracted_at
            order by _load_seq desc, _row_number desc
        ) = 1
    ) as versions
{% endmacro %}

{% macro observed_field_changes() %}
    {#- The differences of all tracked tables; no row, but the columns, where there are none. -#}
    {%- for table in tracked_tables() %}
    {{ field_changes(table) }}
    union all
    {%- endfor %}
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
{% endmacro %}
