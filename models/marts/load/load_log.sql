with

load_log as (

    select * from {{ source('keiro', 'load_log') }}

)

select
    source,
    object,
    file_name,
    content_hash,
    format,
    encoding,
    rows_in,
    rows_loaded,
    rows_unchanged,
    rows_quarantined,
    rows_skipped_preamble,
    rows_deleted,
    status,
    message,
    load_seq,
    loaded_at
from load_log
