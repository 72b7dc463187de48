-- The column may hold a cell of another column, so only its shape is shown: digits as 9, letters as *.

with

failures as (

    {{ union_inputs('cast_failures', {
        'source': 'varchar', 'object': 'varchar', 'file_name': 'varchar', 'row_number': 'bigint',
        'column_name': 'varchar', 'text_value': 'varchar'
    }) }}
    where row_number is not null

)

select
    source,
    object,
    file_name,
    row_number,
    column_name,
    {{ mask_shape('text_value') }} as text_value
from failures
