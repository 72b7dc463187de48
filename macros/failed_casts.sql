{% macro cast_failures(source_name, table_name, relation, casts) %}
    {#- One row for each cell of a staging model whose text could not be cast, and one for each
        column with the number of its cells (`cell_count`). `casts` maps the raw text column to the
        typed one. Blanks and placeholders are no cells: nobody meant a value. -#}
    select
        '{{ source_name }}' as source,
        '{{ table_name }}' as object,
        file_name,
        row_number,
        cell.column_name,
        cell.text_value,
        null as cell_count
    from (
        select
            _file_name as file_name,
            _row_number as row_number,
            unnest(list_filter([
                {%- for text_column, typed_column in casts.items() %}
                case
                    when {{ typed_column }} is null and {{ no_placeholder(text_column) }} is not null
                        then {'column_name': '{{ text_column }}', 'text_value': {{ text_column }}}
                end{{ "," if not loop.last }}
                {%- endfor %}
            ], lambda cell_: cell_ is not null)) as cell
        from {{ relation }}
        -- Few rows have a cell that failed: the others are told apart by what costs little.
        where
            {%- for text_column, typed_column in casts.items() %}
            {{ "or " if not loop.first }}({{ typed_column }} is null and {{ text_column }} is not null)
            {%- endfor %}
    ) as failed
    union all
    select
        '{{ source_name }}' as source,
        '{{ table_name }}' as object,
        null as file_name,
        null as row_number,
        cells.column_name,
        null as text_value,
        cells.cell_count
    from (
        unpivot (
            select
                {%- for text_column, typed_column in casts.items() %}
                count(case
                    when {{ typed_column }} is not null then true
                    when {{ text_column }} is not null and {{ no_placeholder(text_column) }} is not null then true
                end) as {{ text_column }}{{ "," if not loop.last }}
                {%- endfor %}
            from {{ relation }}
        )
        on columns(*) into name column_name value cell_count
    ) as cells
{% endmacro %}
