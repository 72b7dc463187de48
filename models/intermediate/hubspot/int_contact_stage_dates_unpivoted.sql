{{ config(enabled='hubspot' in var('sources')) }}

-- The columns of the contacts export that say when a contact came into a lifecycle stage, but for those
-- that staging knows by name, as rows.

with

stage_dates as (

    {{ hubspot_stage_dates(ref('stg_hubspot__contacts'), 'contact_id') }}

)

select
    contact_id,
    stage_value as lifecycle_stage,
    header,
    entered_date,
    {{ source_timestamp('hubspot', 'entered_date') }} as entered_at,
    _file_name,
    _row_number
from stage_dates
