{{ config(enabled='hubspot' in var('sources'), materialized='table') }}

with

source as (

    {{ current_rows('hubspot', 'contact_merge_audit') }}

),

renamed as (

    select
        ---------- ids
        trim(surviving_vid) as surviving_contact_id,
        trim(merged_vid) as merged_contact_id,

        ---------- times
        {{ parse_timestamp('merged_at', 'UTC') }} as contacts_merged_at,

        ---------- text of casts, to show a failed one
        merged_at,

        ---------- origin
        _file_name,
        _row_number
    from source

)

select * from renamed
