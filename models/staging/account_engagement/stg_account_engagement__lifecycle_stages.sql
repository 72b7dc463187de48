{{ config(enabled='account_engagement' in var('sources'), materialized='table') }}

with

source as (

    {{ current_rows('account_engagement', 'lifecycle_stages') }}

),

renamed as (

    select
        ---------- ids
        trim(stage_id) as stage_id,

        ---------- text
        {{ no_placeholder('stage_name') }} as stage_name,

        ---------- numbers
        {{ parse_integer('position') }} as stage_position,

        ---------- text of casts, to show a failed one
        position,

        ---------- origin
        _file_name,
        _row_number
    from source

)

select * from renamed
