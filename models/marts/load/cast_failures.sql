-- The column may hold a cell of another column, so all but digits and the signs of dates and numbers
-- is masked: a shifted row shows no name or address here.

with

failures as (

    {{ union_inputs('cast_failures', {
        'source': 'varchar', 'object': 'varchar', 'file_name': 'varchar', 'row_number': 'bigint',
        'column_name': 'varchar', 'text_value': 'varchar'
    }) }}

)

select
    source,
    object,
    file_name,
    row_number,
    column_name,
    regexp_replace(text_value, '[^0-9０-９年月日令和平成昭RHS/:.,+△▲¥￥円% -]', '*', 'g') as text_value
from failures
