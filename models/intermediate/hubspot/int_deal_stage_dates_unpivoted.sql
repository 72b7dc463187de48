{{ config(enabled='hubspot' in var('sources')) }}

-- The columns Date entered "<stage> (<pipeline>)" of the deals export as rows.

with

deals as (

    select * from {{ ref('stg_hubspot__deals') }}

),

cells as (

    select
        deal_id,
        unnest(map_entries(cast(cast(other_columns as json) as map (varchar, varchar)))) as cell,
        _file_name,
        _row_number
    from deals
    where other_columns is not null

),

stage_dates as (

    select
        cells.deal_id,
        regexp_extract(cell.key, '^Date entered "(.+) \([^()]*\)"$', 1) as deal_stage,
        cell.value as entered_date,
        cells._file_name,
        cells._row_number
    from cells
    where cell.key like 'Date entered "%'

)

select
    *,
    {{ to_utc(parse_local_timestamp('entered_date')) }} as entered_at
from stage_dates
