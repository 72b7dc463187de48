{{ config(
    enabled='ga4' in var('sources'), materialized='incremental', incremental_strategy='replace_changed', on_schema_change='fail',
    unique_key='event_date_text', changes='stg_ga4__dates_changed', changed_key='event_date'
) }}
-- changes: {{ changes_model('stg_ga4__dates_changed') }}

with

source as (

    select * from {{ ref('stg_ga4__event_rows') }}

),

read as (

    select
        source.*,
        {{ ga4_event_params('source.event_params') }} as params,
        from_json(source.collected_traffic_source, '{
            "manual_source": "VARCHAR", "manual_medium": "VARCHAR",
            "manual_campaign_name": "VARCHAR", "gclid": "VARCHAR"
        }') as collected,
        from_json(source.session_traffic_source_last_click, '{
            "manual_campaign": {"source": "VARCHAR", "medium": "VARCHAR", "campaign_name": "VARCHAR"},
            "google_ads_campaign": {"campaign_id": "VARCHAR", "campaign_name": "VARCHAR"},
            "cross_channel_campaign": {"source": "VARCHAR", "medium": "VARCHAR", "campaign_name": "VARCHAR"}
        }') as last_click
    from source

),

parsed as (

    select
        *,
        {{ ga4_param_names('params') }} as param_names,
        {{ ga4_param_values('params') }} as param_values
    from read

),

renamed as (

    select
        ---------- ids; an event without consent has neither client nor session
        parsed.user_pseudo_id as web_client_id,
        parsed.user_id,
        {{ ga4_event_param('ga_session_id') }} as ga_session_id,
        coalesce(collected.gclid, {{ ga4_event_param('gclid') }}) as gclid,

        ---------- text; the traffic is the session's, of the session or else of the event that opens it
        parsed.event_name,
        {{ ga4_event_param('page_location') }} as page_location,
        {{ ga4_traffic('source') }} as traffic_source,
        {{ ga4_traffic('medium') }} as traffic_medium,
        coalesce(nullif(last_click.google_ads_campaign.campaign_name, '(not set)'), {{ ga4_traffic('campaign') }}) as campaign,

        ---------- booleans
        parsed.is_intraday,
        parsed.user_pseudo_id is not null as has_consent,
        coalesce({{ ga4_event_param('session_engaged') }}, '0') in ('1', 'true') as is_engaged,
        collected.gclid is not null or {{ ga4_event_param('gclid') }} is not null
        or coalesce(last_click.google_ads_campaign.campaign_id, '(not set)') != '(not set)' as has_ad_click,

        ---------- times; the date is the property's, the time is UTC
        case
            when regexp_full_match(parsed.event_timestamp, '[1-9][0-9]{15}')
                then make_timestamp(try_cast(parsed.event_timestamp as bigint))
        end as occurred_at,
        {{ parse_date('parsed.event_date') }} as event_date,

        ---------- text of casts, to show a failed one: spreadsheets write 1.61121E+15
        parsed.event_timestamp,
        parsed.event_date as event_date_text,

        ---------- origin
        parsed._file_name,
        parsed._row_number
    from parsed

)

select * from renamed
