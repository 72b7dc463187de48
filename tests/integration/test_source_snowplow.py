"""Snowplow's flat event table: its vendor's data, and what the vendor publishes of it.

Snowplow publishes what its own package makes of these events. Where its session differs from the
plain grouping by its session key, one of the package's rules says why.
"""

from datetime import datetime, timedelta

import pandas as pd
import pytest

from tests.conftest import SHARED_DATA
from tests.sources.project import SourceProject

SNOWPLOW = SHARED_DATA / "snowplow_web"
pytestmark = pytest.mark.skipif(not SNOWPLOW.exists(), reason="Snowplow's data is not here")

HEARTBEAT = timedelta(seconds=5)
LONGEST = timedelta(days=3)
Session = tuple[datetime, datetime, int]


@pytest.fixture(scope="module")
def snowplow(tmp_path_factory: pytest.TempPathFactory) -> SourceProject:
    folder = tmp_path_factory.mktemp("snowplow")
    project = SourceProject(folder, {"snowplow": ["web_events", "cast_failures"]})
    project.put("snowplow/events.csv", (SNOWPLOW / "source__snowplow_web_events.csv").read_bytes())
    assert not project.load().refused
    project.build("channels", "channel_mapping", *project.own_models)
    return project


@pytest.fixture(scope="module")
def published() -> dict[str, Session]:
    """Start, end and page views of the sessions that Snowplow publishes, by session key."""
    frame = pd.read_csv(SNOWPLOW / "expected__default__snowplow_web_sessions_expected.csv")
    return {
        str(row.domain_sessionid): (
            datetime.fromisoformat(str(row.start_tstamp)),
            datetime.fromisoformat(str(row.end_tstamp)),
            int(row.page_views),
        )
        for row in frame.itertuples()
    }


@pytest.fixture(scope="module")
def grouped(snowplow: SourceProject) -> dict[str, Session]:
    rows = snowplow.query(
        "select source_session_id, min(occurred_at), max(occurred_at),"
        " count(*) filter (where event_name = 'page_view')"
        " from intermediate.int_web_events_from_snowplow where source_session_id is not null"
        " group by source_session_id"
    )
    return {key: (start, end, views) for key, start, end, views in rows}


def test_snowplows_rows_are_157_distinct_events(snowplow: SourceProject) -> None:
    assert snowplow.query("select count(*) from raw.snowplow__events") == [(160,)]
    assert snowplow.query(
        "select count(*), count(distinct event_id) from staging.stg_snowplow__events"
    ) == [(157, 157)]
    assert snowplow.query("select count(*) from intermediate.int_web_events_from_snowplow") == [
        (157,)
    ]
    frame = pd.read_csv(SNOWPLOW / "source__snowplow_web_events.csv")
    first = frame.groupby("event_id")["collector_tstamp"].min()
    kept = snowplow.query("select event_id, collector_tstamp from staging.stg_snowplow__events")
    assert dict(kept) == first.to_dict()


def test_twelve_sessions_are_as_snowplow_publishes_them(
    grouped: dict[str, Session], published: dict[str, Session]
) -> None:
    assert len(published) == 18
    assert published.keys() <= grouped.keys()
    assert sum(grouped[key] == session for key, session in published.items()) == 12


def test_a_rule_of_snowplow_explains_each_of_the_others(
    snowplow: SourceProject, grouped: dict[str, Session], published: dict[str, Session]
) -> None:
    explained = {
        key: _rule(snowplow, key, grouped[key], session)
        for key, session in published.items()
        if grouped[key] != session
    }
    assert sorted(explained.values()) == [
        "page views are distinct page-view ids",
        "sessions without a page view begin one heartbeat before their first ping",
        "sessions without a page view begin one heartbeat before their first ping",
        "sessions without a page view begin one heartbeat before their first ping",
        "the three-day cut",
        "the three-day cut",
    ]


def _rule(snowplow: SourceProject, key: str, ours: Session, theirs: Session) -> str:
    """The one rule of Snowplow's that makes their session of our events; else a failure."""
    events = snowplow.query(
        "select occurred_at, event_name, page_view_id from"
        " intermediate.int_web_events_from_snowplow where source_session_id = ?",
        [key],
    )
    start, end, _ = ours
    views = {view for _, name, view in events if name in ("page_view", "page_ping") and view}
    if all(name == "page_ping" for _, name, _ in events):
        assert theirs == (start - HEARTBEAT, end, len(views))
        return "sessions without a page view begin one heartbeat before their first ping"
    if end - start > LONGEST:
        cut = [event for event in events if event[0] <= start + LONGEST]
        their_views = {view for _, name, view in cut if name == "page_view"}
        assert theirs == (start, max(at for at, _, _ in cut), len(their_views))
        return "the three-day cut"
    assert theirs == (start, end, len(views))
    return "page views are distinct page-view ids"


def test_sessions_that_snowplow_does_not_publish_are_those_of_its_filters(
    snowplow: SourceProject, grouped: dict[str, Session], published: dict[str, Session]
) -> None:
    """Its app filter, events that came days late, a page view without an id: all kept here."""
    others = snowplow.query(
        "select distinct user_id from staging.stg_snowplow__events"
        f" where session_key in ({', '.join('?' * len(grouped.keys() - published.keys()))})",
        sorted(grouped.keys() - published.keys()),
    )
    assert {user for (user,) in others} == {
        "consent_accel",
        "late arriving: device created/sent >3 days",
        "NULL page_view_id",
    }
    ((apps,),) = snowplow.query(
        "select list(distinct app_id) from staging.stg_snowplow__events"
        " where user_id = 'consent_accel'"
    )
    assert apps == ["consent_accel"]


def test_the_option_app_ids_names_the_sites_that_count(snowplow: SourceProject) -> None:
    options = {"source_options": {"snowplow": {"app_ids": "discourse, true users"}}}
    other = SourceProject(snowplow.folder, {"snowplow": ["web_events"]}, variables=options)
    other.build("int_web_events_from_snowplow")
    rows = other.query("select count(*) from intermediate.int_web_events_from_snowplow")
    frame = pd.read_csv(SNOWPLOW / "source__snowplow_web_events.csv").drop_duplicates("event_id")
    assert rows == [(int(frame["app_id"].isin(["discourse", "true users"]).sum()),)] == [(11,)]
