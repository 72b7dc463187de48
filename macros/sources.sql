{% macro current_rows(source_name, table_name) %}
    {#- The newest version of each key that was known as of the as-of date, from the change log.
        The key is read from the source's YAML, where the loader reads it too. -#}
    {%- set relation = source(source_name, table_name) -%}
    {%- set keys = [] -%}
    {%- if execute -%}
        {%- for node in graph.sources.values() if node.source_name == source_name and node.name == table_name -%}
            {%- do keys.extend(node.config.meta.get('primary_key', [])) -%}
        {%- endfor -%}
    {%- endif -%}
    select *
    from {{ relation }}
    where coalesce(_extracted_at, {{ as_of() }}) <= {{ as_of() }}
    {%- if keys %}
    qualify row_number() over (
        partition by {{ keys | join(', ') }}
        order by _extracted_at desc nulls last, _load_seq desc, _row_number desc
    ) = 1
    {%- endif -%}
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

{% macro cast_failures(source_name, table_name, relation, casts) %}
    {#- One row for each cell whose text could not be cast; `casts` maps raw text column to the
        typed column of the staging model. -#}
    {%- for text_column, typed_column in casts.items() %}
    select
        '{{ source_name }}' as source,
        '{{ table_name }}' as object,
        _file_name as file_name,
        _row_number as row_number,
        '{{ text_column }}' as column_name,
        {{ text_column }} as text_value
    from {{ relation }}
    where {{ text_column }} is not null and {{ typed_column }} is null
    {{ "union all" if not loop.last }}
    {%- endfor %}
{% endmacro %}
