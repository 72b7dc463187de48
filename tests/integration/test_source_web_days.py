"""GA4 where files and clocks do not fit the day: fewer shards, midnight, broken dates."""

from datetime import date, datetime
from typing import Any

import pytest

from tests.sources.ga4 import event, ndjson, session
from tests.sources.project import SourceProject

SOURCES = {name: ["web_events", "cast_failures"] for name in ("ga4", "snowplow")}
# A tracker that names zones and no events, and one derived time that is none.
FLAT = """event_id,event_name,collector_tstamp,derived_tstamp,domain_userid,domain_sessionid
e1,page_view,2026-09-01 01:00:00.125,late,u1,s1
,page_view,2026-09-01T11:00:00+09:00,,u1,s1
,page_view,2026-09-01T12:00:00+09:00,,u1,s1
"""


def _shard(day: str, number: int) -> str:
    return f"ga4/events_{day}-{number:012d}.json"


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> SourceProject:
    project = SourceProject(tmp_path_factory.mktemp("days"), SOURCES)
    events = [event(f"2026-09-01T0{h}:00:00", "a.1", params=session(1)) for h in range(9)]
    for number in range(3):
        project.put(_shard("20260901", number), ndjson(events[3 * number : 3 * number + 3]))
    # Twice at one time, with other parameters: two events.
    twice = [event("2026-09-02T14:50:00", "b.2", params=session(2, engaged=e)) for e in "01"]
    project.put("ga4/events_20260902.json", ndjson(twice))
    after_midnight = event("2026-09-02T15:10:00", "b.2", params=session(2))
    after_midnight["event_date"] = "20260903"  # in Tokyo's property
    broken: list[dict[str, Any]] = [
        event("2026-09-03T01:00:00", client, params=session(3)) for client in ("c.3", "d.4")
    ]
    broken[0]["event_date"] = "2026-31-09"
    broken[1]["event_timestamp"] = 1788310800  # seconds
    project.put("ga4/events_20260903.json", ndjson([after_midnight, *broken]))
    # The late intraday file of a day that has its daily one adds nothing.
    project.put("ga4/events_intraday_20260902.json", ndjson([*twice, twice[0] | {"user_id": "u"}]))
    project.put("snowplow/flat.csv", FLAT)
    assert not project.load().refused
    # The first day is exported again, in two shards instead of three.
    project.put(_shard("20260901", 0), ndjson(events[:5]))
    project.put(_shard("20260901", 1), ndjson(events[5:]))
    assert not project.load().refused
    project.build("channels", "channel_mapping", *project.own_models)
    return project


def _count(web: SourceProject, day: str) -> int:
    ((count,),) = web.query(
        "select count(*) from intermediate.int_web_events_from_ga4 where event_date = ?", [day]
    )
    return int(count)


def test_a_day_in_fewer_shards_counts_each_event_once(web: SourceProject) -> None:
    assert _count(web, "2026-09-01") == 9


def test_events_of_one_moment_that_differ_are_two(web: SourceProject) -> None:
    assert _count(web, "2026-09-02") == 2


def test_a_session_that_crosses_midnight_is_one_of_its_first_day(web: SourceProject) -> None:
    assert web.query(
        "select source_session_id, min(event_date), max(event_date), max(occurred_at), count(*)"
        " from intermediate.int_web_events_from_ga4 where web_client_id = 'b.2' group by 1"
    ) == [("b.2.2", date(2026, 9, 2), date(2026, 9, 3), datetime(2026, 9, 2, 15, 10), 3)]


def test_an_event_without_a_time_or_day_counts_nowhere_and_is_listed(web: SourceProject) -> None:
    assert _count(web, "2026-09-03") == 1
    assert sorted(
        web.query(
            "select column_name, text_value from intermediate.int_cast_failures_from_ga4"
            " where text_value is not null"
        )
    ) == [("event_date", "2026-31-09"), ("event_timestamp", "1788310800")]


def test_a_flat_row_without_an_id_is_an_event_and_a_named_zone_counts(web: SourceProject) -> None:
    assert web.query(
        "select occurred_at from intermediate.int_web_events_from_snowplow order by 1"
    ) == [
        (datetime(2026, 9, 1, 1, 0, 0, 125_000),),
        (datetime(2026, 9, 1, 2, 0),),
        (datetime(2026, 9, 1, 3, 0),),
    ]
    assert web.query(
        "select column_name, text_value from intermediate.int_cast_failures_from_snowplow"
        " where text_value is not null"
    ) == [("derived_tstamp", "late")]
