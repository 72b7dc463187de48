-- A row is a file whose rows do not add up. No threshold: nothing may be lost. Data engineering acts.

with

load_log as (

    select * from {{ ref('load_log') }}

)

select
    file_name,
    rows_in,
    rows_loaded + rows_unchanged + rows_quarantined as rows_accounted_for
from load_log
where rows_in != rows_loaded + rows_unchanged + rows_quarantined
