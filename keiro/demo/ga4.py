"""The values of GA4 events as the BigQuery export has them, column by column."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from keiro.demo.arrays import JST_OFFSET, Bools, Ints, to_date
from keiro.demo.arrow_helpers import NO_TEXT, look_up, scatter
from keiro.demo.events import EVENT_NAMES, FIRST_VISIT, PAGE_VIEW, Events
from keiro.demo.sessions import Sessions
from keiro.demo.traffic import Traffic

SITE = "https://www.keiro-demo.example"
STREAM_ID = "5501234567"
# Category, operating system, browser.
DEVICES = (
    ("desktop", "Windows", "Chrome"),
    ("desktop", "Windows", "Edge"),
    ("desktop", "Macintosh", "Safari"),
    ("mobile", "iOS", "Safari"),
    ("mobile", "Android", "Chrome"),
)
REGIONS = ("Tokyo", "Osaka", "Aichi", "Kanagawa", "Fukuoka", "Hokkaido", "Saitama")


@dataclass(frozen=True)
class EventColumns:
    """The values of some events, as Arrow arrays; nulls where an event lacks a value."""

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


def event_columns(
    events: Events, sessions: Sessions, traffic: Traffic, pages: tuple[str, ...]
) -> EventColumns:
    """Derive all exported values of these events."""
    urls = tuple(f"{SITE}{page}" for page in pages)
    session = events.session
    consent, client = sessions.has_consent[session], sessions.client[session]
    first_session = sessions.client_first[client]
    first_utc_us = (sessions.started_at[first_session] - JST_OFFSET) * 1_000_000
    source = traffic.source[session]
    collects = is_landing(events) & (events.name != FIRST_VISIT)
    is_direct = np.array([entry.medium == "(none)" for entry in traffic.sources])[source]
    is_paid = np.array([entry.campaign >= 0 for entry in traffic.sources])[source]
    clicked = collects & is_paid
    gclid = scatter(
        [f"Cj0KCQ{number:x}" for number in traffic.gclid_number[session[clicked]].tolist()],
        clicked,
    )
    # Hashes of the person keep device and place the same over all sessions.
    person = sessions.person[session]
    return EventColumns(
        event_date=_dates(events.day),
        event_timestamp=pa.array(events.at_us - JST_OFFSET * 1_000_000),
        event_name=look_up(EVENT_NAMES, events.name),
        params=_params(events, sessions, traffic, urls, gclid),
        bundle=pa.array((events.at_us // 1000 * 31 + session) % 2_000_000_011),
        user_pseudo_id=look_up(sessions.client_id, pa.array(client, mask=~consent)),
        first_touch=pa.array(first_utc_us, mask=~consent),
        device=(person * 2_654_435_761 >> 7) % len(DEVICES),
        region=(person * 40_503 >> 5) % len(REGIONS),
        first_source=pa.array(traffic.source[first_session], mask=~consent),
        source=pa.array(source, mask=~(collects & ~is_direct)),
        has_manual=~(is_paid & traffic.is_gclid_only[session]),
        gclid=gclid,
        traffic=traffic,
    )


def is_landing(events: Events) -> Bools:
    """The first events of a session: its start and its first page."""
    return (events.previous_page < 0) & (events.name <= PAGE_VIEW)


def _params(
    events: Events, sessions: Sessions, traffic: Traffic, urls: tuple[str, ...], gclid: pa.Array
) -> dict[str, pa.Array]:
    """The event parameters by key, in the order of the export."""
    session = events.session
    consent = sessions.has_consent[session]
    query = pc.fill_null(pc.binary_join_element_wise("?gclid=", gclid, ""), "")
    outside = look_up([entry.referrer for entry in traffic.sources], traffic.source[session])
    inside = look_up(urls, np.maximum(events.previous_page, 0))
    inside = pc.if_else(pa.array(events.previous_page >= 0), inside, NO_TEXT)
    return {
        "ga_session_id": pa.array(sessions.started_at[session] - JST_OFFSET, mask=~consent),
        "ga_session_number": pa.array(sessions.number[session], mask=~consent),
        "page_location": pc.binary_join_element_wise(look_up(urls, events.page), query, ""),
        "page_referrer": pc.if_else(pa.array(is_landing(events)), outside, inside),
        "engagement_time_msec": pa.array(events.engagement_ms, mask=events.engagement_ms <= 0),
        "session_engaged": pa.array(events.is_engaged.astype(np.int64)),
    }


def _dates(days: Ints) -> pa.Array:
    unique, index = np.unique(days, return_inverse=True)
    return look_up([f"{to_date(day):%Y%m%d}" for day in unique.tolist()], index)
