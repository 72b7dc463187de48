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

{% macro field_changes(table) %}
    {#- The differences between the versions of each key in the tracked columns of a table. -#}
    select
        '{{ table.source }}' as source,
        '{{ table.object }}' as object,
        entity_key,
        change.column_name,
        change.old_value,
        change.new_value,
        observed_date,
        was_deleted is null as is_first,
        case
            when was_deleted is null then 'appeared'
            when _is_deleted then 'deleted'
            when was_deleted then 'restored'
            else 'changed'
        end as change_kind
    from (
        select
            entity_key,
            observed_date,
            _is_deleted,
            was_deleted,
            unnest([
                {%- for name in table.columns %}
                {'column_name': '{{ name }}', 'old_value': old_{{ loop.index }}, 'new_value': {{ name }}}{{ "," if not loop.last }}
                {%- endfor %}
            ]) as change
        from (
            select
                *,
                concat_ws('|', {{ table.key | join(', ') }}) as entity_key,
                _valid_from as observed_date,
                {%- for name in table.columns %}
                lag({{ name }}) over by_key as old_{{ loop.index }},
                {%- endfor %}
                lag(_is_deleted) over by_key as was_deleted
            from ({{ versions_of(table.relation, table.key) }}) as versions
            window by_key as (partition by {{ table.key | join(', ') }} order by _valid_from)
        ) as compared
    ) as changes
    where change.old_value is distinct from change.new_value
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
