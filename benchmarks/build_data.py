"""A made-up company of any size, written by DuckDB straight into the raw layer.

What is measured is the build, not loading: the rows are those that loading the exports would leave in raw,
with their digests, load numbers and file dates. Everything is drawn from hashes of row numbers, so the same
size is the same company. Events come day by day, as files do.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import duckdb

from keiro.ingest import ensure_schema, read_declarations
from keiro.ingest.digest import row_digest

FIRST_DAY = date(2024, 10, 1)
CHUNK_DAYS = 73
STAGES = ("lead", "mql", "sal", "sql", "opportunity", "customer")


@dataclass(frozen=True)
class Size:
    """How big the company is; `days` ends with the as-of date of the first build."""

    events: int
    contacts: int
    deals: int
    days: int = 730

    @property
    def sessions(self) -> int:
        """Sessions have four events on average, of 1 to 7."""
        return self.events // 4

    @property
    def clients(self) -> int:
        """Web clients come back once or twice."""
        return self.sessions * 3 // 5

    @property
    def companies(self) -> int:
        """Companies have ten contacts on average."""
        return max(1, self.contacts // 10)

    @property
    def as_of(self) -> date:
        """The last day of the first build."""
        return FIRST_DAY + timedelta(days=self.days - 1)


# Sessions from number {first} to before {last}; the day follows from the number, the rest from hashes.
EVENTS = """
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
"""
# How far a contact gets falls by halves; the later a stage, the later its date. {version} moves some a step on.
CONTACTS = """
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
"""
COMPANIES = """
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
"""
# A deal is of a contact; its history has ten rows: five stages and as many changes of the amount.
DEALS = """
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
"""
DEAL_ROWS = """
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
"""
HISTORY_ROWS = """
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
"""
COSTS = """
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
"""
ATTENDANCES = """
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
"""


class Company:
    """Writes the raw layer of a company of a size into a work database."""

    def __init__(self, con: duckdb.DuckDBPyConnection, project: Path, size: Size) -> None:
        """Remember the size; `project` holds the declarations of the sources."""
        self._con = con
        # A number below n, drawn from what identifies the row.
        con.execute(
            "create or replace temp macro draw"
            "(n, a) as cast(hash(a) % n as bigint),"
            "(n, a, b) as cast(hash(a, b) % n as bigint),"
            "(n, a, b, c) as cast(hash(a, b, c) % n as bigint)"
        )
        self._objects = {f"{o.source}__{o.object}": o for o in read_declarations(project)}
        self._size = size
        self._load_seq = 0

    def write(self) -> None:
        """All that is known at the end of the first build's as-of date."""
        size = self._size
        ensure_schema(self._con, list(self._objects.values()))
        for first in range(0, size.days, CHUNK_DAYS):
            last = min(first + CHUNK_DAYS, size.days)
            self._events(first, last)
        self._crm("true", version=0, as_of=size.as_of, where="true")
        self._put("hubspot__companies", COMPANIES.format(**self._names(size.as_of)))
        names = self._names(size.as_of)
        names |= {"from_date": str(FIRST_DAY), "to_date": str(size.as_of)}
        self._put("google_ads__campaign_costs", COSTS.format(**names))
        self._put("seminars__attendances", ATTENDANCES.format(**names))
        self._con.execute("checkpoint")

    def write_next_day(self, number: int = 1) -> date:
        """The day after: its events, a restated day before, one contact and deal in a hundred changed."""
        size = self._size
        day = size.as_of + timedelta(days=number)
        self._load_seq = self._con.execute("select max(_load_seq) from raw.ga4__events").fetchall()[
            0
        ][0]
        self._load_seq += 1000 * number
        self._events(size.days + number - 1, size.days + number)
        self._restate(day - timedelta(days=1))
        where = f"draw(100, %s, 77) = {number}"
        self._crm("next", version=1, as_of=day, where=where)
        names = self._names(day) | {"from_date": str(day), "to_date": str(day)}
        self._put("google_ads__campaign_costs", COSTS.format(**names))
        return day

    def _restate(self, day: date) -> None:
        """A newer file of a day: one event in fifty is gone, one in fifty came late."""
        part = day.strftime("%Y%m%d")
        columns = [row[0] for row in self._con.execute("describe raw.ga4__events").fetchall()]
        own = [name for name in columns if not name.startswith("_")]
        chosen = f"from raw.ga4__events where export_part = '{part}' and not _is_deleted"
        self._load_seq += 1
        self._con.execute(
            f"insert into raw.ga4__events by name select * replace ({self._load_seq} as _load_seq, true as _is_deleted)"
            f" {chosen} and hash(_row_number, 5) % 50 = 0"
        )
        late = f"select {', '.join(own)}, _extracted_at, _file_name {chosen} and hash(_row_number, 6) % 50 = 0"
        self._put(
            "ga4__events",
            f"select * replace (cast(cast(event_timestamp as bigint) + 1 as varchar) as event_timestamp) from ({late})",
        )

    def _events(self, first: int, last: int) -> None:
        """Events of the days from `first` to before `last`; sessions that begin the day before run on."""
        size = self._size
        per_day = size.sessions / size.days
        names = self._names(size.as_of) | {
            "first": max(0, int((first - 1) * per_day)),
            "last": int(last * per_day) + 1,
            "from_date": str(FIRST_DAY + timedelta(days=first)),
            "to_date": str(FIRST_DAY + timedelta(days=last - 1)),
        }
        self._put("ga4__events", EVENTS.format(**names))

    def _crm(self, title: str, *, version: int, as_of: date, where: str) -> None:
        names = self._names(as_of) | {"version": version}
        contacts = where % "c" if "%s" in where else where
        deals = where % "d" if "%s" in where else where
        names["deals_query"] = DEALS.format(**names, where=deals)
        self._put("hubspot__contacts", CONTACTS.format(**names, where=contacts))
        self._put("hubspot__deals", DEAL_ROWS.format(**names))
        self._put("hubspot__deal_property_history", HISTORY_ROWS.format(**names), key=True)

    def _names(self, as_of: date) -> dict[str, object]:
        size = self._size
        return {
            "first_day": str(FIRST_DAY),
            "as_of": str(as_of),
            "days": size.days,
            "sessions": size.sessions,
            "microseconds_per_session": 86_400_000_000 * size.days // size.sessions,
            "clients": size.clients,
            "companies": size.companies,
            "contacts": size.contacts,
            "deals": size.deals,
        }

    def _put(self, table: str, query: str, *, key: bool = False) -> None:
        """Insert rows as loading does: numbered and with their digest; known content is left out."""
        obj = self._objects[table]
        declared = [column.name for column in obj.columns]
        given = [row[0] for row in self._con.execute(f"describe {query}").fetchall()]
        present = [name for name in declared if name in given]
        absent = [f"null::varchar as {name}" for name in declared if name not in given]
        columns = ", ".join([*present, *absent, "null::varchar as _extra"])
        self._load_seq += 1
        known = (
            f" anti join (select _row_hash from raw.{table}) as known using (_row_hash)"
            if key
            else ""
        )
        self._con.execute(
            f"""
            insert into raw.{table} by name
            select
                digested.*,
                md5(_file_name) as _content_hash,
                row_number() over () as _row_number,
                {self._load_seq} as _load_seq,
                timestamptz '2026-10-01 00:00+00' as _loaded_at,
                false as _is_deleted
            from (
                select *, {row_digest(declared)} as _row_hash
                from (select {columns}, _extracted_at, _file_name from ({query}) as made) as shaped
            ) as digested{known}
            """
        )
