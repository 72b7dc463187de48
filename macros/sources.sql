{% macro source_key(source_name, table_name) %}
    {#- The columns that tell a source table's rows apart, as a list: the loader reads the same YAML.
        Without a key, the row's digest (within its date where files restate that); nothing where
        such rows are only ever added. -#}
    {%- set keys = [] -%}
    {%- if execute -%}
        {%- for node in graph.sources.values() if node.source_name == source_name and node.name == table_name -%}
            {%- set meta = node.config.meta -%}
            {%- do keys.extend(meta.get('primary_key') or []) -%}
            {%- if not keys and meta.get('mode', 'append') != 'append' -%}
                {%- do keys.append('_row_hash') -%}
                {%- do keys.extend(['_extracted_at'] if '_extracted_at' in meta.get('window', []) else []) -%}
            {%- endif -%}
        {%- endfor -%}
    {%- endif -%}
    {%- do return(keys) -%}
{% endmacro %}

{% macro current_rows(source_name, table_name, only='true') %}
    {#- The newest version of each key that was known as of the as-of date, from the change log;
        keys that were marked deleted by then are left out. Which rows those are is found out from narrow
        columns: what is wide is read once. `only` is a condition on columns that versions of a key share. -#}
    {%- set keys = source_key(source_name, table_name) -%}
    {%- set known -%}
        coalesce(_extracted_at, {{ as_of() }}) <= {{ as_of() }} and {{ only }}
    {%- endset -%}
    select *
    from {{ source(source_name, table_name) }}
    {%- if not keys %}
    where {{ known }}
    {%- else %}
    where {{ only }} and rowid in (
        select newest.row_id
        from (
            select
                rowid as row_id,
                _is_deleted
            from {{ source(source_name, table_name) }}
            where {{ known }}
            qualify row_number() over (
                partition by {{ keys | join(', ') }}
                order by _extracted_at desc nulls last, _load_seq desc, _row_number desc
            ) = 1
        ) as newest
        where not newest._is_deleted
    )
    {%- endif -%}
{% endmacro %}

{% macro row_versions(source_name, table_name) %}
    {#- Every version of each key of a source table: see versions_of. -#}
    {{ versions_of(source(source_name, table_name), source_key(source_name, table_name) or ['_row_hash']) }}
{% endmacro %}

{% macro union_inputs(input, columns) %}
    {#- All rows that the sources which are on feed into an input, with the input's columns and
        types; a column that a source does not have is null. `columns` maps name to type. -#}
    select
        {%- for name, type in columns.items() %}
        cast({{ name }} as {{ type }}) as {{ name }}{{ "," if not loop.last }}
        {%- endfor %}
    from (
        select {% for name, type in columns.items() %}cast(null as {{ type }}) as {{ name }}{{ ", " if not loop.last }}{% endfor %} where false
        {%- for source_name, inputs in var('sources').items() if input in inputs %}
        union all by name
        select * from {{ ref('int_' ~ input ~ '_from_' ~ source_name) }}
        {%- endfor %}
    ) as inputs
{% endmacro %}
