{{ config(enabled='hubspot' in var('sources')) }}

-- The columns of the deals export that say when a deal came into a stage, as rows.

with

stage_dates as (

    {{ hubspot_stage_dates(ref('stg_hubspot__deals'), 'deal_id') }}

)

select
    deal_id,
    stage_value as deal_stage,
    header,
    entered_date,
    {{ source_timestamp('hubspot', 'entered_date') }} as entered_at,
    _file_name,
    _row_number
from stage_dates
