-- Queries of build_data.py, one a section; names in braces are filled in, doubled braces are braces.

-- name: events
-- Sessions from number {first} to before {last}; the day follows from the number, the rest from hashes.
with sessions as (
    select
        s,
        draw({clients}, s, 1) as client,
        epoch_us(timestamp '{first_day}') + s * {microseconds_per_session} as started_us,
        1 + draw(7, s, 2) as n_events,
        draw(10, s, 3) as traffic,
        draw(20, s, 4) = 0 as is_consentless
    from range({first}, {last}) as t(s)
),
events as (
    select
        *,
        started_us + e * (3000000 + draw(90000000, s, e)) as event_us
    from (select *, unnest(range(n_events)) as e from sessions) as numbered
),
dated as (
    select *, strftime(make_timestamp(event_us) + interval 9 hour, '%Y%m%d') as event_date from events
)
select
    event_date as export_part,
    event_date,
    cast(event_us as varchar) as event_timestamp,
    case
        when e = 0 then 'session_start'
        when e = 6 and client * 10 < {clients} * 4 then 'generate_lead'
        when e % 3 = 2 then 'user_engagement'
        else 'page_view'
    end as event_name,
    concat(
        '[{{"key":"page_location","value":{{"string_value":"https://www.example.com/', draw(400, s, e, 1),
        '/"}}}},{{"key":"page_referrer","value":{{"string_value":"https://www.google.com/"}}}},',
        if(is_consentless, '', concat(
            '{{"key":"ga_session_id","value":{{"int_value":"', started_us // 1000000, '"}}}},',
            '{{"key":"ga_session_number","value":{{"int_value":"', 1 + client % 5, '"}}}},'
        )),
        '{{"key":"session_engaged","value":{{"string_value":"', if(e > 0, 1, 0), '"}}}}]'
    ) as event_params,
    cast(event_us % 1000000007 as varchar) as event_bundle_sequence_id,
    if(is_consentless, null, client || '.1727740800') as user_pseudo_id,
    '1727740800000000' as user_first_touch_timestamp,
    '{{"category":"desktop","operating_system":"Windows","web_info":{{"browser":"Chrome"}}}}' as device,
    concat('{{"country":"Japan","region":"', ['Tokyo', 'Osaka', 'Aichi', 'Fukuoka'][1 + client % 4], '"}}') as geo,
    '{{"medium":"organic","name":"(organic)","source":"google"}}' as traffic_source,
    case
        when e > 0 or traffic < 4 or is_consentless then null
        when traffic < 7 then
            '{{"manual_source":"google","manual_medium":"organic","manual_campaign_name":"(organic)"}}'
        when traffic < 9 then concat(
            '{{"manual_source":"google","manual_medium":"cpc","manual_campaign_name":"campaign-', client % 12,
            '","gclid":"', hash(s), '"}}'
        )
        else '{{"manual_source":"newsletter","manual_medium":"email","manual_campaign_name":"news"}}'
    end as collected_traffic_source,
    '5501234567' as stream_id,
    'WEB' as platform,
    strptime(event_date, '%Y%m%d')::date as _extracted_at,
    'ga4/events_' || event_date || '.ndjson' as _file_name
from dated
where event_date >= strftime(date '{from_date}', '%Y%m%d') and event_date <= strftime(date '{to_date}', '%Y%m%d')

-- name: contacts
-- How far a contact gets falls by halves; the later a stage, the later its date. {version} moves some a step on.
with people as (
    select
        c,
        (timestamp '{first_day} 08:00' + to_seconds(cast(c * 86400.0 * {days} / {contacts} as bigint)))
            as created_at,
        least(5, cast(floor(-log2((draw(1000000, c, 1) + 1) / 1000000.0)) as integer) + {version}) as level,
        draw(100, c, 3) as luck,
        draw({companies}, c, 4) as company
    from range({contacts}) as t(c)
    where {where}
),
dated as (
    select
        *,
        list_transform(range(6), lambda step: case
            when step <= level then created_at + to_minutes(step * (1440 + draw(20160, c, step, 5)))
        end) as reached
    from people
),
visible as (
    select
        * replace (list_transform(reached, lambda t: case when t < timestamp '{as_of}' + interval 1 day
            then strftime(t, '%Y-%m-%d %H:%M') end) as reached)
    from dated
)
select
    cast(100000 + c as varchar) as record_id,
    'Given' || c % 977 as first_name,
    'Family' || c % 3989 as last_name,
    'person' || if(c % 100 = 99, c - 1, c) || '@company' || if(c % 100 = 99, 0, company) || '.example' as email,
    'Company ' || company || ' Inc.' as company_name,
    (['Lead', 'Marketing Qualified Lead', 'Sales Accepted Lead', 'Sales Qualified Lead', 'Opportunity', 'Customer'])
        [1 + level] as lifecycle_stage,
    if(luck < 8 and level < 4, 'Unqualified', 'Open') as lead_status,
    reached[1] as create_date,
    coalesce(reached[6], reached[5], reached[4], reached[3], reached[2], reached[1]) as last_modified_date,
    reached[1] as became_lead_date,
    if(luck % 20 = 3, null, reached[2]) as became_mql_date,
    reached[3] as became_sal_date,
    reached[4] as became_sql_date,
    reached[5] as became_opportunity_date,
    reached[6] as became_customer_date,
    if(luck < 8 and level < 4, strftime(least(created_at + interval 40 day, timestamp '{as_of} 20:00'), '%Y-%m-%d %H:%M'), null)
        as disqualified_date,
    if(luck < 8 and level < 4, (['No budget', 'No need', 'Competitor'])[1 + luck % 3], null) as disqualified_reason,
    'Owner ' || c % 40 as contact_owner,
    (['Organic Search', 'Direct Traffic', 'Paid Search', 'Email Marketing', 'Offline Sources'])[1 + c % 5]
        as original_source,
    cast(9000000 + company as varchar) as primary_company_id,
    if(luck < 60, draw({clients}, c, 6) || '.1727740800', null) as ga_client_id,
    if(c % 200 = 7, cast(50000000 + c as varchar), null) as merged_object_ids,
    date '{as_of}' as _extracted_at,
    'hubspot/hubspot-crm-exports-all-contacts-{as_of}.csv' as _file_name
from visible

-- name: companies
select
    cast(9000000 + k as varchar) as record_id,
    'Company ' || k || ' Inc.' as name,
    'company' || k || '.example' as domain,
    (['Manufacturing', 'Software', 'Retail'])[1 + k % 3] as industry,
    (['Tokyo', 'Osaka', 'Aichi', 'Fukuoka'])[1 + k % 4] as state,
    cast(20 + draw(3000, k) as varchar) as number_of_employees,
    strftime(timestamp '{first_day}' + to_minutes(k % 600000), '%Y-%m-%d %H:%M') as create_date,
    date '{as_of}' as _extracted_at,
    'hubspot/hubspot-crm-exports-all-companies-{as_of}.csv' as _file_name
from range({companies}) as t(k)

-- name: deals
-- A deal is of a contact; its history has ten rows: five stages and as many changes of the amount.
with drawn as (
    select
        d,
        d * {contacts} // {deals} as c,
        timestamp '{first_day} 09:00' + to_seconds(cast(d * 86400.0 * {days} / {deals} as bigint)) as created_at,
        draw(10, d, 1) as fate,
        to_minutes(cast(4000 + draw(130000, d, 2) as bigint)) as duration
    from range({deals}) as t(d)
    where {where}
),
dated as (
    select *, created_at + duration as closes_at, created_at + duration <= timestamp '{as_of} 23:00' as is_over
    from drawn
)
select
    *,
    case
        when is_over and fate < 3 then 'Closed Won'
        when is_over and fate < 9 then 'Closed Lost'
        when fate % 3 = 0 then 'Negotiation'
        else 'Proposal'
    end as deal_stage
from dated

-- name: deal_rows
select
    cast(17000000 + d as varchar) as record_id,
    'Deal ' || d as deal_name,
    'Sales Pipeline' as pipeline,
    deal_stage,
    cast(100000 + draw(9000000, d, 3) as varchar) as amount,
    strftime(created_at, '%Y-%m-%d %H:%M') as create_date,
    strftime(closes_at, '%Y-%m-%d %H:%M') as close_date,
    'Owner ' || d % 40 as deal_owner,
    if(d % 20 = 0, null, cast(100000 + c as varchar)) as associated_contact_ids,
    cast(9000000 + draw({companies}, c, 4) as varchar) as associated_company_ids,
    date '{as_of}' as _extracted_at,
    'hubspot/hubspot-crm-exports-all-deals-{as_of}.csv' as _file_name
from ({deals_query}) as deals

-- name: history_rows
select
    cast(17000000 + d as varchar) as record_id,
    if(k < 5, 'dealstage', 'amount') as property_name,
    case
        when k >= 5 then cast(100000 + draw(9000000, d, k) as varchar)
        when k = 4 then if(is_over and fate < 9, deal_stage, 'Negotiation')
        else (['Discovery', 'Proposal', 'Negotiation', 'Negotiation'])[1 + k]
    end as value,
    'CRM_UI' as change_source,
    'user:' || d % 40 as change_source_id,
    cast(epoch_ms(created_at - interval 9 hour + to_seconds(cast(epoch(duration) * least(k, 9 - k) // 4 as bigint)))
        as varchar) as changed_at,
    date '{as_of}' as _extracted_at,
    'hubspot/deal-property-history-{as_of}.csv' as _file_name
from ({deals_query}) as deals, range(10) as t(k)
where created_at + to_seconds(cast(epoch(duration) * least(k, 9 - k) // 4 as bigint)) <= timestamp '{as_of} 23:00'

-- name: costs
select
    strftime(day, '%Y-%m-%d') as day,
    '700' || k as campaign_id,
    'campaign-' || k as campaign,
    'JPY' as currency_code,
    cast(20000 + draw(30000, day, k) as varchar) as cost,
    cast(5000 + draw(9000, day, k, 1) as varchar) as impressions,
    cast(100 + draw(90, day, k, 2) as varchar) as clicks,
    null::date as _extracted_at,
    'google_ads/campaign_report_' || strftime(day, '%Y-%m') || '.csv' as _file_name
from generate_series(timestamp '{from_date}', timestamp '{to_date}', interval 1 day) as d(day), range(12) as t(k)

-- name: attendances
select
    'person' || c || '@company' || draw({companies}, c, 4) || '.example' as email,
    if(c % 3 = 0, '×', '○') as attended,
    strftime(held - interval 5 day, '%Y/%m/%d 10:00') as registered_at,
    cast(held as date) as _extracted_at,
    'seminars/seminar_' || strftime(held, '%Y-%m-%d') || '_webinar.csv' as _file_name
from (
    select distinct draw({contacts}, held, k) as c, held
    from generate_series(timestamp '{from_date}', timestamp '{to_date}', interval 30 day) as d(held),
        range(greatest(1, {contacts} // 500)) as t(k)
) as attendances
