{{ config(enabled='hubspot' in var('sources'), materialized='table') }}

with

source as (

    {{ current_rows('hubspot', 'merged_deals') }}

),

renamed as (

    select
        ---------- ids
        trim(surviving_deal_id) as surviving_deal_id,
        trim(merged_deal_id) as merged_deal_id,

        ---------- origin
        _file_name,
        _row_number
    from source

)

select * from renamed
