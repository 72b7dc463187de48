{{ config(enabled='account_engagement' in var('sources'), materialized='table') }}

with

source as (

    {{ current_rows('account_engagement', 'lifecycle_histories') }}

),

renamed as (

    select
        ---------- ids
        trim(history_id) as history_id,
        trim(prospect_id) as prospect_id,

        ---------- text: names or ids of stages
        {{ no_placeholder('previous_stage') }} as previous_stage,
        {{ no_placeholder('next_stage') }} as next_stage,

        ---------- numbers
        {{ parse_integer('seconds_elapsed') }} as previous_stage_seconds,

        ---------- times
        {{ source_timestamp('account_engagement', 'created_time') }} as moved_at,

        ---------- text of casts, to show a failed one
        seconds_elapsed,
        created_time,

        ---------- origin
        _file_name,
        _row_number
    from source

)

select * from renamed
