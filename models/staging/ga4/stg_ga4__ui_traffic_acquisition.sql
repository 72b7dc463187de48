{{ config(enabled='ga4' in var('sources')) }}

-- The row of totals has no channel group.

with

source as (

    {{ current_rows('ga4', 'ui_traffic_acquisition') }}

),

renamed as (

    select
        ---------- ids
        property,

        ---------- text
        {{ clean_text('channel_group') }} as channel_group,

        ---------- numbers
        {{ parse_integer('sessions') }} as session_count,
        {{ parse_integer('engaged_sessions') }} as engaged_session_count,
        {{ parse_share('engagement_rate') }} as engagement_rate,
        {{ parse_integer('event_count') }} as event_count,
        {{ parse_number('key_events') }} as key_event_count,
        {{ parse_amount('total_revenue') }} as total_revenue,

        ---------- dates of the property
        {{ source_date('ga4', 'start_date') }} as start_date,
        {{ source_date('ga4', 'end_date') }} as end_date,

        ---------- origin
        _file_name,
        _row_number
    from source
    where {{ clean_text('channel_group') }} is not null

)

select * from renamed
