{{ config(enabled='ga4' in var('sources'), materialized='table') }}

with

source as (

    {{ current_rows('ga4', 'events') }}

),

parsed as (

    select
        *,
        from_json(event_params, '[{
            "key": "VARCHAR",
            "value": {
                "string_value": "VARCHAR", "int_value": "VARCHAR",
                "float_value": "VARCHAR", "double_value": "VARCHAR"
            }
        }]') as params,
        from_json(collected_traffic_source, '{
            "manual_source": "VARCHAR", "manual_medium": "VARCHAR",
            "manual_campaign_name": "VARCHAR", "gclid": "VARCHAR"
        }') as traffic
    from source

),

renamed as (

    select
        ---------- ids
        parsed.user_pseudo_id as web_client_id,
        {{ ga4_event_param('ga_session_id') }} as ga_session_id,

        ---------- text
        parsed.event_name,
        {{ ga4_event_param('page_location') }} as page_location,
        traffic.manual_source as traffic_source,
        traffic.manual_medium as traffic_medium,
        traffic.manual_campaign_name as campaign,

        ---------- booleans
        coalesce({{ ga4_event_param('session_engaged') }}, '0') = '1' as is_engaged,
        traffic.gclid is not null as has_ad_click,

        ---------- times; the date is the property's, the time is UTC
        make_timestamp(try_cast(parsed.event_timestamp as bigint)) as occurred_at,
        {{ parse_date('event_date') }} as event_date
    from parsed

)

select * from renamed
