"""GA4 events in the form of the BigQuery export: columns once, then NDJSON or Parquet per day.

As in BigQuery's JSON export, INT64 values are strings and absent values are left out. `session_engaged` is a string in the NDJSON part and an integer in the Parquet part:
both are seen in real exports.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from keiro.demo.arrays import JST_OFFSET, Bools, Ints, to_date
from keiro.demo.events import ENGAGEMENT, EVENT_NAMES, FIRST_VISIT, PAGE_VIEW, PAGES, Events
from keiro.demo.sessions import Sessions
from keiro.demo.traffic import Traffic

SITE = "https://www.keiro-demo.example"
STREAM_ID = 5501234567
DEVICES = (
    ("desktop", "Windows", "ja-jp", "Chrome"),
    ("desktop", "Windows", "ja-jp", "Edge"),
    ("desktop", "Macintosh", "ja-jp", "Safari"),
    ("mobile", "iOS", "ja-jp", "Safari"),
    ("mobile", "Android", "ja-jp", "Chrome"),
)
REGIONS = ("Tokyo", "Osaka", "Aichi", "Kanagawa", "Fukuoka", "Hokkaido", "Saitama")
PARAM_KEYS = (
    "ga_session_id",
    "ga_session_number",
    "page_location",
    "page_referrer",
    "engagement_time_msec",
    "session_engaged",
)
STRING_PARAMS = frozenset({"page_location", "page_referrer"})
VALUE_TYPE = pa.struct(
    [
        ("string_value", pa.string()),
        ("int_value", pa.int64()),
        ("float_value", pa.float64()),
        ("double_value", pa.float64()),
    ]
)


@dataclass(frozen=True)
class EventColumns:
    """The values of some events, as Arrow arrays; nulls where an event lacks a value."""

    day: Ints
    event_date: pa.Array
    event_timestamp: pa.Array
    event_name: pa.Array
    params: dict[str, pa.Array]
    bundle: pa.Array
    user_pseudo_id: pa.Array
    first_touch: pa.Array
    device: Ints
    region: Ints
    first_source: pa.Array  # index of the user's first source, null without consent
    source: pa.Array  # index of the session's source where the event collects it
    has_manual: Bools
    gclid: pa.Array
    traffic: Traffic


def event_columns(events: Events, sessions: Sessions, traffic: Traffic) -> EventColumns:
    """Derive all exported values of these events."""
    session = events.session
    consent, client = sessions.has_consent[session], sessions.client[session]
    start_utc = sessions.started_at[session] - JST_OFFSET
    first_session = sessions.client_first[client]
    first_utc_us = (sessions.started_at[first_session] - JST_OFFSET) * 1_000_000
    source = traffic.source[session]
    landing = (events.previous_page < 0) & (events.name <= PAGE_VIEW)
    collects = landing & (events.name != FIRST_VISIT)
    is_direct = np.array([entry.medium == "(none)" for entry in traffic.sources])[source]
    is_paid = np.array([entry.campaign >= 0 for entry in traffic.sources])[source]
    gclid_rows = collects & is_paid
    gclids = [f"Cj0KCQ{number:x}" for number in traffic.gclid_number[session[gclid_rows]].tolist()]
    gclid = _scatter(gclids, gclid_rows)
    return EventColumns(
        day=events.day,
        event_date=_dates(events.day),
        event_timestamp=pa.array(events.at_us - JST_OFFSET * 1_000_000),
        event_name=_take(EVENT_NAMES, events.name),
        params=_params(events, sessions, traffic, landing, gclid, start_utc),
        bundle=pa.array((events.at_us // 1000 * 31 + session) % 2_000_000_011),
        user_pseudo_id=pa.array(sessions.client_id).take(pa.array(client, mask=~consent)),
        first_touch=pa.array(first_utc_us, mask=~consent),
        # A hash of the person keeps device and place the same over all sessions.
        device=(sessions.person[session] * 2_654_435_761 >> 7) % len(DEVICES),
        region=(sessions.person[session] * 40_503 >> 5) % len(REGIONS),
        first_source=pa.array(traffic.source[first_session], mask=~consent),
        source=pa.array(source, mask=~(collects & ~is_direct)),
        has_manual=~(is_paid & traffic.is_gclid_only[session]),
        gclid=gclid,
        traffic=traffic,
    )


def _params(
    events: Events,
    sessions: Sessions,
    traffic: Traffic,
    landing: Bools,
    gclid: pa.Array,
    start_utc: Ints,
) -> dict[str, pa.Array]:
    consent = sessions.has_consent[events.session]
    pages = _take(tuple(f"{SITE}{page}" for page in PAGES), events.page)
    query = pc.fill_null(pc.binary_join_element_wise("?gclid=", gclid, ""), "")
    referrers = [entry.referrer for entry in traffic.sources]
    outside = pa.array(referrers, pa.string()).take(pa.array(traffic.source[events.session]))
    inside = _take(tuple(f"{SITE}{page}" for page in PAGES), np.maximum(events.previous_page, 0))
    inside = pc.if_else(pa.array(events.previous_page >= 0), inside, pa.scalar(None, pa.string()))
    has_time = (events.engagement_ms > 0) & (
        (events.name >= PAGE_VIEW) | (events.name == ENGAGEMENT)
    )
    return {
        "ga_session_id": pa.array(start_utc, mask=~consent),
        "ga_session_number": pa.array(sessions.number[events.session], mask=~consent),
        "page_location": pc.binary_join_element_wise(pages, query, ""),
        "page_referrer": pc.if_else(pa.array(landing), outside, inside),
        "engagement_time_msec": pa.array(events.engagement_ms, mask=~has_time),
        "session_engaged": pa.array(events.is_engaged.astype(np.int64)),
    }


def ndjson_lines(columns: EventColumns) -> pa.Array:
    """One JSON text with its line end per event."""
    sources = columns.traffic.sources
    manual = [
        f'"manual_source":"{entry.source}","manual_medium":"{entry.medium}",'
        f'"manual_campaign_name":"{entry.name}"'
        for entry in sources
    ]
    manual_text = pc.if_else(
        pa.array(columns.has_manual), _text(manual, columns.source), pa.scalar(None, pa.string())
    )
    click_text = _wrap('"gclid":"', columns.gclid, '"')
    both = pc.binary_join_element_wise(manual_text, click_text, ",")
    collected = pc.coalesce(both, manual_text, click_text)
    first = [
        f'"traffic_source":{{"medium":"{entry.medium}","name":"{entry.name}",'
        f'"source":"{entry.source}"}}'
        for entry in sources
    ]
    body = _join(
        [
            _wrap('"event_date":"', columns.event_date, '"'),
            _wrap('"event_timestamp":"', columns.event_timestamp, '"'),
            _wrap('"event_name":"', columns.event_name, '"'),
            _wrap('"event_params":[', _param_json(columns.params), "]"),
            _wrap('"event_bundle_sequence_id":"', columns.bundle, '"'),
            _wrap('"user_pseudo_id":"', columns.user_pseudo_id, '"'),
            _wrap('"user_first_touch_timestamp":"', columns.first_touch, '"'),
            _take(tuple(_device_json(*device) for device in DEVICES), columns.device),
            _take(
                tuple(f'"geo":{{"country":"Japan","region":"{r}"}}' for r in REGIONS),
                columns.region,
            ),
            _text(first, columns.first_source),
            _wrap('"collected_traffic_source":{', collected, "}"),
        ],
        ",",
    )
    end = f',"stream_id":"{STREAM_ID}","platform":"WEB"}}\n'
    return pc.binary_join_element_wise("{", body, end, "")


def _param_json(params: dict[str, pa.Array]) -> pa.Array:
    parts = []
    for key in PARAM_KEYS:
        values = params[key]
        # BigQuery writes the engaged flag of older properties as a string.
        is_string = key in STRING_PARAMS or key == "session_engaged"
        slot = "string_value" if is_string else "int_value"
        parts.append(_wrap(f'{{"key":"{key}","value":{{"{slot}":"', values, '"}}'))
    return _join(parts, ",")


def parquet_table(columns: EventColumns) -> pa.Table:
    """The events as a nested table of the export's schema."""
    sources = columns.traffic.sources
    manual = pa.array(columns.has_manual)
    null = pa.scalar(None, pa.string())

    def collected(values: list[str]) -> pa.Array:
        return pc.if_else(manual, _text(values, columns.source), null)

    has_collected = np.asarray(pc.is_valid(columns.source))
    device = [_take(tuple(entry[n] for entry in DEVICES), columns.device) for n in range(4)]
    fields = {
        "event_date": columns.event_date,
        "event_timestamp": columns.event_timestamp,
        "event_name": columns.event_name,
        "event_params": _param_list(columns.params),
        "event_bundle_sequence_id": columns.bundle,
        "user_pseudo_id": columns.user_pseudo_id,
        "user_first_touch_timestamp": columns.first_touch,
        "device": _struct(
            {
                "category": device[0],
                "operating_system": device[1],
                "language": device[2],
                "web_info": _struct({"browser": device[3]}),
            }
        ),
        "geo": _struct(
            {
                "country": _take(("Japan",), np.zeros_like(columns.region)),
                "region": _take(REGIONS, columns.region),
            }
        ),
        "traffic_source": _struct(
            {
                "medium": _text([entry.medium for entry in sources], columns.first_source),
                "name": _text([entry.name for entry in sources], columns.first_source),
                "source": _text([entry.source for entry in sources], columns.first_source),
            },
            np.asarray(pc.is_valid(columns.first_source)),
        ),
        "collected_traffic_source": _struct(
            {
                "manual_source": collected([entry.source for entry in sources]),
                "manual_medium": collected([entry.medium for entry in sources]),
                "manual_campaign_name": collected([entry.name for entry in sources]),
                "gclid": columns.gclid,
            },
            has_collected,
        ),
        "stream_id": _take((str(STREAM_ID),), np.zeros_like(columns.region)),
        "platform": _take(("WEB",), np.zeros_like(columns.region)),
    }
    return pa.table(fields)


def _param_list(params: dict[str, pa.Array]) -> pa.Array:
    """The present parameters of each event as a list of key and value."""
    present = np.column_stack([np.asarray(pc.is_valid(params[key])) for key in PARAM_KEYS])
    row, key = np.nonzero(present)
    position = pa.array(key * len(present) + row)
    null_text, null_int = pa.nulls(len(present), pa.string()), pa.nulls(len(present), pa.int64())
    texts = [params[name] if name in STRING_PARAMS else null_text for name in PARAM_KEYS]
    ints = [null_int if name in STRING_PARAMS else params[name] for name in PARAM_KEYS]
    nothing = pa.nulls(len(row), pa.float64())
    value = pa.StructArray.from_arrays(
        [
            pa.concat_arrays(texts).take(position),
            pa.concat_arrays(ints).take(position),
            nothing,
            nothing,
        ],
        fields=list(VALUE_TYPE),
    )
    items = _struct({"key": _take(PARAM_KEYS, key), "value": value})
    offsets = np.append(0, np.cumsum(present.sum(axis=1))).astype(np.int32)
    return pa.ListArray.from_arrays(pa.array(offsets), items)


def _device_json(category: str, system: str, language: str, browser: str) -> str:
    return (
        f'"device":{{"category":"{category}","operating_system":"{system}",'
        f'"language":"{language}","web_info":{{"browser":"{browser}"}}}}'
    )


def _dates(days: Ints) -> pa.Array:
    unique, index = np.unique(days, return_inverse=True)
    return _take(tuple(f"{to_date(day):%Y%m%d}" for day in unique), index)


def _take(values: tuple[str, ...], index: Any) -> pa.Array:
    return pa.array(values, pa.string()).take(pa.array(np.asarray(index, dtype=np.int64)))


def _text(values: list[str], index: pa.Array) -> pa.Array:
    return pa.array(values, pa.string()).take(index)


def _scatter(values: list[str], rows: Bools) -> pa.Array:
    """The values at the rows where the mask is true, null elsewhere."""
    position = np.cumsum(rows) - 1
    return pa.array(values, pa.string()).take(pa.array(position, mask=~rows))


def _wrap(before: str, values: pa.Array, after: str) -> pa.Array:
    """The text around each value; null where the value is."""
    texts = values if values.type == pa.string() else values.cast(pa.string())
    return pc.binary_join_element_wise(before, texts, after, "")


def _join(parts: list[pa.Array], separator: str) -> pa.Array:
    """Join what is present; at least one part must be (Arrow loses rows where none is)."""
    return pc.binary_join_element_wise(*parts, separator, null_handling="skip")


def _struct(fields: dict[str, pa.Array], valid: Bools | None = None) -> pa.Array:
    mask = None if valid is None else pa.array(~valid)
    return pa.StructArray.from_arrays(list(fields.values()), names=list(fields), mask=mask)


def day_bounds(days: Ints) -> dict[int, tuple[int, int]]:
    """For events in order of time, the slice of each day."""
    unique, starts = np.unique(days, return_index=True)
    ends = np.append(starts[1:], len(days))
    return {int(day): (int(a), int(b)) for day, a, b in zip(unique, starts, ends, strict=True)}


def month_chunks(first_day: int, last_day: int) -> list[tuple[int, int]]:
    """Runs of some 30 days, first and last day number of each: bounds the memory of the texts."""
    starts = list(range(first_day, last_day + 1, 30))
    return [(start, min(start + 29, last_day)) for start in starts]
