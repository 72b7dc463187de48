-- The columns Date entered "<stage> (<pipeline>)" of the deals export as rows.

with

deals as (

    select * from {{ ref('stg_hubspot__deals') }}

),

cells as (

    select
        deal_id,
        unnest(json_keys(other_columns)) as header,
        other_columns,
        _file_name,
        _row_number
    from deals

),

stage_dates as (

    select
        deal_id,
        regexp_extract(header, '^Date entered "(.+) \([^()]*\)"$', 1) as deal_stage,
        json_extract_string(other_columns, '$."' || replace(header, '"', '\"') || '"') as entered_date,
        _file_name,
        _row_number
    from cells
    where header like 'Date entered "%'

)

select
    *,
    {{ to_utc(parse_local_timestamp('entered_date')) }} as entered_at
from stage_dates
