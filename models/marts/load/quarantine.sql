-- The row itself stays in raw: it may hold personal data.

with

quarantine as (

    select * from {{ source('keiro', 'quarantine') }}

)

select
    source,
    object,
    file_name,
    content_hash,
    row_number,
    column_name,
    reason,
    loaded_at
from quarantine
