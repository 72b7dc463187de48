-- A column that fails more often than by slips of the pen: its format has changed, or is declared
-- wrong. A share of few cells says little, so it warns and never stops a publication.
{%- set limits = var('cast_failure_shares', {'warning': 0.01, 'critical': 0.2}) %}

with

cells as (

    {{ union_inputs('cast_failures', {
        'source': 'varchar', 'object': 'varchar', 'column_name': 'varchar', 'text_value': 'varchar',
        'cell_count': 'bigint'
    }) }}

),

shapes as (

    select
        source,
        object,
        column_name,
        case when cell_count is null then left({{ mask_shape('text_value') }}, 30) end as text_shape,
        sum(cell_count) as cell_count,
        count(*) filter (where cell_count is null) as failure_count
    from cells
    group by all

),

counted as (

    select
        source,
        object,
        column_name,
        cast(coalesce(sum(cell_count), 0) as bigint) as cell_count,
        cast(sum(failure_count) as bigint) as failure_count,
        array_to_string(
            list(text_shape order by failure_count desc, text_shape asc) filter (where text_shape is not null)[:3], ' | '
        ) as text_shapes
    from shapes
    group by source, object, column_name

)

select
    source,
    object,
    column_name,
    cell_count,
    failure_count,
    failure_count / nullif(cell_count, 0) as failure_share,
    text_shapes,
    case
        when failure_count > {{ limits['critical'] }} * cell_count and cell_count >= {{ var('minimum_denominator') }}
            then 'critical'
        when failure_count > {{ limits['warning'] }} * cell_count then 'warning'
    end as severity
from counted
