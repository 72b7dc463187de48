{{ config(enabled='account_engagement' in var('sources'), materialized='table') }}

with

source as (

    {{ current_rows('account_engagement', 'visitor_activities') }}

),

renamed as (

    select
        ---------- ids
        trim(activity_id) as activity_id,
        {{ no_placeholder('prospect_id') }} as prospect_id,
        {{ no_placeholder('visitor_id') }} as visitor_id,
        {{ no_placeholder('campaign_id') }} as campaign_id,
        {{ no_placeholder('list_email_id') }} as list_email_id,
        {{ no_placeholder('email_id') }} as email_id,
        {{ no_placeholder('form_id') }} as form_id,
        {{ no_placeholder('form_handler_id') }} as form_handler_id,
        {{ no_placeholder('file_id') }} as file_id,
        {{ no_placeholder('landing_page_id') }} as landing_page_id,
        {{ no_placeholder('opportunity_id') }} as opportunity_id,

        ---------- text
        {{ no_placeholder('details') }} as details,
        coalesce(
            {{ account_engagement_activity(parse_integer('activity_type')) }},
            {{ no_placeholder('activity_type_name') }}
        ) as activity_name,

        ---------- numbers
        {{ parse_integer('activity_type') }} as activity_type_id,

        ---------- times
        {{ source_timestamp('account_engagement', 'created_time') }} as occurred_at,

        ---------- text of casts, to show a failed one
        activity_type,
        created_time,

        ---------- origin
        _file_name,
        _row_number
    from source

)

select * from renamed
