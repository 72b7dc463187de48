{{ config(enabled='snowplow' in var('sources'), materialized='table') }}

-- The pipeline delivers at least once: of the rows of an event the one counts that came first. A row
-- without an id, as other trackers write, is an event of its own, by its content.

with

source as (

    {{ current_rows('snowplow', 'events') }}

),

timed as (

    select
        * replace (coalesce(event_id, cast(_row_hash as varchar)) as event_id),
        {{ parse_timestamp('collector_tstamp', 'UTC') }} as collected_at,
        {{ parse_timestamp('derived_tstamp', 'UTC') }} as derived_at
    from source

),

delivered_first as (

    select * from timed
    qualify row_number() over (
        partition by event_id
        order by collected_at, _load_seq, _row_number
    ) = 1

),

renamed as (

    select
        ---------- ids
        event_id,
        domain_userid as web_client_id,
        network_userid as network_client_id,
        user_id,
        domain_sessionid as session_key,
        coalesce(page_view_id, json_extract_string(try_cast(web_page_context as json), '$[0].id')) as page_view_id,

        ---------- text
        event_name,
        app_id,
        platform,
        page_url,
        page_title,
        page_urlhost as page_host,
        page_urlpath as page_path,
        page_referrer,
        refr_medium as referrer_medium,
        refr_source as referrer_source,
        mkt_medium as traffic_medium,
        mkt_source as traffic_source,
        mkt_campaign as campaign,
        mkt_clickid as click_id,
        mkt_network as click_network,

        ---------- numbers
        try_cast(domain_sessionidx as integer) as session_number,

        ---------- booleans
        coalesce(
            json_extract_string(try_cast(bot_context as json), '$[0].spiderOrRobot') = 'true', false
        ) as is_bot,

        ---------- times, UTC; the derived time is the device's, corrected for its clock's error
        collected_at,
        derived_at,
        coalesce(derived_at, collected_at) as occurred_at,

        ---------- text of casts, to show a failed one
        collector_tstamp,
        derived_tstamp,

        ---------- origin
        _file_name,
        _row_number
    from delivered_first

)

select * from renamed
