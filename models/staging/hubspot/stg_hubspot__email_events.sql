{{ config(enabled='hubspot' in var('sources'), materialized='table') }}

with

source as (

    {{ current_rows('hubspot', 'email_events') }}

),

renamed as (

    select
        ---------- ids
        event_id,
        email_campaign_id,
        app_id,
        portal_id,
        coalesce(sent_by_id, try_cast(sent_by as json) ->> '$.id') as sent_by_event_id,
        coalesce(caused_by_id, try_cast(caused_by as json) ->> '$.id') as caused_by_event_id,
        coalesce(obsoleted_by_id, try_cast(obsoleted_by as json) ->> '$.id') as obsoleted_by_event_id,

        ---------- text
        upper(trim(event_type)) as event_type,
        {{ normalise_email('recipient') }} as recipient_email,

        ---------- booleans: what HubSpot takes for a bot or for the own company
        coalesce({{ parse_boolean('filtered_event') }}, false) as is_filtered,

        ---------- times
        {{ parse_timestamp('created', 'UTC') }} as occurred_at,

        ---------- text of casts, to show a failed one
        created,

        ---------- origin
        _file_name,
        _row_number
    from source

)

select * from renamed
