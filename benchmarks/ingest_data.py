"""The files that the benchmark of loading reads: made up, of the shape of real exports."""

from pathlib import Path

import duckdb

# 36 characters like a UUID, a few long texts, many short ones, some empty: some 280 bytes a row.
EVENTS = """
    select
        concat_ws('-', digest[:8], digest[9:12], digest[13:16], digest[17:20], digest[21:])
            as event_id,
        (timestamp '2026-01-01' + to_seconds(i * 7919 % 31536000))::varchar as collector_tstamp,
        if(i % 5 = 0, 'page_ping', 'page_view') as event_name,
        'u' || (hash(i) % 1000000) as domain_userid,
        md5((i // 7)::varchar) as domain_sessionid,
        (i % 40)::varchar as domain_sessionidx,
        'https://www.example.com/products/' || (hash(i) % 5000)
            || '?utm_source=google&utm_medium=cpc' as page_url,
        '/products/' || (hash(i) % 5000) as page_urlpath,
        if(i % 3 = 0, 'https://www.google.com/', null) as page_referrer,
        if(i % 4 = 0, 'google', null) as mkt_source,
        if(i % 4 = 0, 'cpc', null) as mkt_medium,
        ['JP', 'US', 'DE', 'TW'][1 + i % 4] as geo_country,
        'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit' as useragent,
        (i % 1920)::varchar as br_viewwidth,
        'Asia/Tokyo' as os_timezone
    from (select i, md5(i::varchar) as digest from range({rows}) as t(i))
"""
# BigQuery's export: a dozen parameters with four kinds of value each, nested records.
GA4 = """
    select
        '20260101' as event_date,
        1767225600000000 + i * 8640 as event_timestamp,
        ['page_view', 'scroll', 'user_engagement', 'session_start'][1 + i % 4] as event_name,
        list_transform(
            ['page_location', 'page_title', 'page_referrer', 'source', 'medium', 'campaign',
                'term', 'ga_session_id', 'ga_session_number', 'engaged_session_event',
                'engagement_time_msec', 'percent_scrolled'],
            lambda key, n: {{'key': key, 'value': {{
                'string_value': if(n <= 7, 'https://www.example.com/' || hash(i, n) % 5000, null),
                'int_value': if(n > 7, (hash(i, n) % 100000)::bigint, null),
                'float_value': null::double, 'double_value': null::double
            }}}}
        ) as event_params,
        (hash(i) % 100000)::varchar || '.' || (1767225600 + i % 86400) as user_pseudo_id,
        null::varchar as user_id,
        {{'analytics_storage': 'Yes', 'ads_storage': 'Yes', 'uses_transient_token': 'No'}}
            as privacy_info,
        {{'category': 'desktop', 'operating_system': 'Windows', 'language': 'ja-jp',
            'web_info': {{'browser': 'Chrome', 'browser_version': '126.0', 'hostname': 'a.example'}}
        }} as device,
        {{'continent': 'Asia', 'country': 'Japan', 'region': 'Tokyo', 'city': 'Minato'}} as geo,
        {{'name': '(organic)', 'medium': 'organic', 'source': 'google'}} as traffic_source,
        '2100450278' as stream_id,
        'WEB' as platform
    from range({rows}) as t(i)
"""
# A day's snapshot of contacts; on the second day one in a hundred has another stage.
CONTACTS = """
    select
        i::varchar as record_id,
        'person' || i || '@example.com' as email,
        'Given' || (i % 977) as first_name,
        'Family' || (i % 3989) as last_name,
        'Company ' || (i % 50000) as company_name,
        if(i % 100 = 7 and {day} > 1, 'Marketing Qualified Lead', 'Lead') as lifecycle_stage,
        (timestamp '2024-01-01 09:00' + to_minutes(i % 900000))::varchar as create_date,
        ['Organic Search', 'Direct Traffic', 'Paid Search'][1 + i % 3] as original_source,
        md5(i::varchar) as ga_client_id
    from range({rows}) as t(i)
"""


def write_files(folder: Path, *, events: int, ga4: int, contacts: int) -> dict[str, Path]:
    """Write all files below `folder`; by name."""
    files = {
        "events.csv": EVENTS.format(rows=events),
        "events.parquet": EVENTS.format(rows=events),
        "ga4.ndjson": GA4.format(rows=ga4),
        "contacts-2026-01-01.csv": CONTACTS.format(rows=contacts, day=1),
        "contacts-2026-01-02.csv": CONTACTS.format(rows=contacts, day=2),
    }
    forms = {".csv": "(format csv, header)", ".parquet": "(format parquet)"}
    folder.mkdir(parents=True, exist_ok=True)
    with duckdb.connect() as con:
        for name, query in files.items():
            form = forms.get(Path(name).suffix, "(format json)")
            con.execute(f"copy ({query}) to '{folder / name}' {form}")
    return {name: folder / name for name in files}
