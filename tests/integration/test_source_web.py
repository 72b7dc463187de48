"""GA4 in the forms of its export, from files to the input `web_events`."""

import json
from datetime import datetime
from typing import Any

import pandas as pd
import pytest

from tests.conftest import SHARED_DATA
from tests.sources.ga4 import event, ndjson, parquet, session
from tests.sources.project import SourceProject

GA4_SAMPLE = SHARED_DATA / "ga4_sample" / "ga4_sample_rows.ndjson"
SOURCES = {"ga4": ["web_events", "cast_failures"]}
needs_ga4 = pytest.mark.skipif(not GA4_SAMPLE.exists(), reason="Google's sample is not here")

LAST_CLICK = {
    "manual_campaign": {"source": "news", "medium": "email", "campaign_name": "april"},
    "cross_channel_campaign": {
        "source": "google",
        "medium": "organic",
        "campaign_name": "(organic)",
    },
}
FIRST_OF_APRIL = [
    event("2024-04-01T00:00:00", "a.1", "session_start", params=session(1)),
    event("2024-04-01T00:00:00", "a.1", "session_start", params=session(1)),  # sent twice
    event("2024-04-01T00:10:00", "a.1", params=session(1, engaged="1"), user_id="member-7"),
    event("2024-04-01T01:00:00", None, params={}),  # no consent, no ids
    event(
        "2024-04-01T02:00:00",
        "b.2",
        params=session(2),
        collected_traffic_source={"manual_source": "x", "manual_medium": "CPC"},
    ),
    event(
        "2024-04-01T03:00:00",
        "c.3",
        params=session(3),
        collected_traffic_source={"manual_medium": "referral"},
        session_traffic_source_last_click=LAST_CLICK,
    ),
    event("2024-04-01T04:00:00", "d.4", params=session(4) | {"gclid": ("string_value", "Cj0")}),
    event("2024-04-01T05:00:00", "e.5", params=session(5) | {"medium": ("string_value", "email")}),
]
# The same session as three writers put its number, and whether it was engaged.
DRIFTING: list[dict[str, Any]] = [
    {"ga_session_id": ("int_value", 6), "session_engaged": ("int_value", 1)},
    {"ga_session_id": ("double_value", 6.0), "session_engaged": ("string_value", "0")},
    {"ga_session_id": ("string_value", "6"), "session_engaged": ("float_value", 0.0)},
]
# As BigQuery's console saves a query: an event's further rows have parameters and items only.
FLAT = """\
event_date,event_timestamp,event_name,event_params.key,event_params.value.string_value,\
event_params.value.int_value,event_params.value.float_value,event_params.value.double_value,\
user_id,user_pseudo_id,device.category,items.item_id
20240501,1714521600000000,session_start,ga_session_id,,7,,,member-7,a.1,desktop,
,,,session_engaged,1,,,,,,,X1
20240501,1714521600000000,page_view,session_engaged,0,,,,,,mobile,
20240501,1714521700000000,page_view,ga_session_id,,8,,,,b.2,mobile,
,,,session_engaged,0,,,,,,,
20240403,1712102400000000,page_view,ga_session_id,,9,,,,c.3,mobile,
"""
BAR = "# ----------------------------------------\n"
REPORT_EN = f"""{BAR}# Traffic acquisition: Session primary channel group (Default Channel Group)
# Account: Sample
# Property: Sample, Inc
{BAR}#
# All Users
# Start date: 20240401
# End date: 20240430
Session primary channel group (Default Channel Group),Sessions,Engaged sessions,Engagement rate
,"12,395","10,000",0.8068
Organic Search,"12,345","9,960",0.8068
(not set),50,40,0.8
"""
GROUP_JA = "セッションのメインのチャネル グループ（デフォルト チャネル グループ）"
REPORT_JA = f"""{BAR}# トラフィック獲得: {GROUP_JA}
# プロパティ: 見本
{BAR}#
# すべてのユーザー
# 開始日: 20240501
# 終了日: 20240531
{GROUP_JA},セッション,エンゲージのあったセッション数
Direct,"2,345",960
"""
# Several tables of which one is the report's, and no row of another may come in with it.
SNAPSHOT = f"""{BAR}# Reports snapshot
# Property: Other
{BAR}#
# Start date: 20240601
# End date: 20240630
Nth day,Active users
0000,12

# Start date: 20240601
# End date: 20240630
Session primary channel group (Default Channel Group),Sessions
Direct,5

# Start date: 20240601
# End date: 20240630
Page title,Views
Home,7
"""
EXPLORATION = f"""{BAR}# 自由形式-自由形式 1
# 20260817-20260913
{BAR}セッションのデフォルト チャネル グループ,セッション
,54334,総計
Direct,54334
"""


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> SourceProject:
    """All files of the module, loaded twice since one is restated, and built once."""
    project = SourceProject(
        tmp_path_factory.mktemp("web"), SOURCES, variables={"business_timezone": "UTC"}
    )
    put = project.put
    shards = FIRST_OF_APRIL[:4], FIRST_OF_APRIL[4:]
    for number, shard in enumerate(shards):
        put(f"ga4/events_20240401-{number:012d}.json.gz", ndjson(shard, packed=True))
    second = [event(f"2024-04-02T0{hour}:00:00", "f.6", params=session(60)) for hour in range(9)]
    put("ga4/events_20240402.ndjson", ndjson(second))
    put("ga4/events_intraday_20240402.ndjson", ndjson(second[:3]))
    third = [event("2024-04-03T00:00:00", "g.7", params=session(70))]
    put("ga4/events_intraday_20240403.ndjson", ndjson(third))
    drifting = [
        event(f"2024-04-04T0{hour}:00:00", "h.8", params=params)
        for hour, params in enumerate(DRIFTING)
    ]
    put("ga4/events_20240404.parquet", parquet(drifting))
    fifth = [event("2024-04-05T00:00:00", "i.9", params=session(90, engaged="1"))]
    put("ga4/events_20240405.parquet", parquet(fifth, marked=False))
    rounded = [event("2024-04-06T00:00:00", "j.10", params=session(100))]
    rounded[0]["event_timestamp"] = "1.71236E+15"
    put("ga4/events_20240406.ndjson", ndjson(rounded))
    put("ga4/flat/bquxjob.csv", FLAT)
    put("ga4/ui/Traffic_acquisition (4).csv", REPORT_EN)
    put("ga4/ui/traffic_ja.csv", REPORT_JA)
    put("ga4/ui/snapshot.csv", SNAPSHOT)
    put("ga4/ui/exploration.csv", EXPLORATION)
    if GA4_SAMPLE.exists():
        put("ga4/events_20210131.ndjson", GA4_SAMPLE.read_bytes())
    first_load = project.load()
    assert not first_load.refused, [file.message for file in first_load.refused]
    # Within 72 hours the day is restated: one event is gone and one is new.
    put("ga4/events_20240402.ndjson", ndjson([*second[1:], event("2024-04-02T09:30:00", "k.11")]))
    project.load()
    project.build("channels", "channel_mapping", *project.own_models)
    return project


def _events(web: SourceProject, day: str, columns: str = "*") -> list[tuple[Any, ...]]:
    return web.query(
        f"select {columns} from intermediate.int_web_events_from_ga4 where event_date = ?"
        " order by occurred_at",
        [day],
    )


def test_identical_rows_are_one_event_and_shards_one_day(web: SourceProject) -> None:
    assert len(_events(web, "2024-04-01")) == len(FIRST_OF_APRIL) - 1
    assert _events(web, "2024-04-01", "web_client_id, source_session_id, web_user_id, is_engaged")[
        :3
    ] == [
        ("a.1", "a.1.1", None, False),
        ("a.1", "a.1.1", "member-7", True),
        (None, None, None, False),
    ]


def test_the_traffic_is_the_sessions(web: SourceProject) -> None:
    channels = _events(web, "2024-04-01", "web_client_id, channel, campaign")
    assert channels[3:] == [
        ("b.2", "paid_search", None),
        ("c.3", "organic_search", "(organic)"),  # the last click, not what the event collected
        ("d.4", "paid_search", None),
        ("e.5", "email", None),
    ]


def test_events_without_consent_are_kept_apart(web: SourceProject) -> None:
    assert web.query(
        "select count(*), count(ga_session_id) from staging.stg_ga4__events where not has_consent"
        " and event_date = '2024-04-01'"
    ) == [(1, 0)]


def test_a_restated_day_replaces_itself_and_no_other(web: SourceProject) -> None:
    times = [time for (time,) in _events(web, "2024-04-02", "occurred_at")]
    expected = [datetime(2024, 4, 2, hour) for hour in range(1, 9)]
    assert times == [*expected, datetime(2024, 4, 2, 9, 30)]
    assert len(_events(web, "2024-04-01")) == 7


def test_intraday_counts_only_where_the_daily_file_is_missing(web: SourceProject) -> None:
    rows = web.query(
        "select event_date::varchar, count(*) from staging.stg_ga4__events"
        " where is_intraday group by 1"
    )
    assert rows == [("2024-04-03", 1)]


def test_the_type_of_a_parameter_may_drift(web: SourceProject) -> None:
    assert _events(web, "2024-04-04", "source_session_id, is_engaged") == [
        ("h.8.6", True),
        ("h.8.6", False),
        ("h.8.6", False),
    ]
    assert _events(web, "2024-04-05", "source_session_id, is_engaged") == [("i.9.90", True)]


def test_a_time_that_a_spreadsheet_rounded_is_a_failure_and_no_event(web: SourceProject) -> None:
    assert _events(web, "2024-04-06") == []
    assert web.query(
        "select file_name, column_name, text_value from intermediate.int_cast_failures_from_ga4"
        " where text_value is not null"
    ) == [("ga4/events_20240406.ndjson", "event_timestamp", "1.71236E+15")]


def test_a_saved_query_is_put_together_by_its_records(web: SourceProject) -> None:
    columns = "event_name, source_session_id, web_user_id, is_engaged"
    assert sorted(_events(web, "2024-05-01", columns), key=repr) == [
        ("page_view", "b.2.8", None, False),
        ("page_view", None, None, False),  # blanks of its own: nobody's, not the row's above
        ("session_start", "a.1.7", "member-7", True),
    ]
    # Of a date with an intraday file nothing of a saved query is added.
    assert [client for (client,) in _events(web, "2024-04-03", "web_client_id")] == ["g.7"]


def test_reports_of_the_pages_are_staged_with_their_period(web: SourceProject) -> None:
    rows = web.query(
        "select start_date::varchar, end_date::varchar, property, channel_group, session_count,"
        " engaged_session_count, engagement_rate from staging.stg_ga4__ui_traffic_acquisition"
        " order by start_date, session_count desc"
    )
    assert rows == [
        ("2024-04-01", "2024-04-30", "Sample, Inc", "Organic Search", 12345, 9960, 0.8068),
        ("2024-04-01", "2024-04-30", "Sample, Inc", "(not set)", 50, 40, 0.8),
        ("2024-05-01", "2024-05-31", "見本", "Direct", 2345, 960, None),
        ("2024-06-01", "2024-06-30", "Other", "Direct", 5, None, None),
        ("2026-08-17", "2026-09-13", "ga4/ui", "Direct", 54334, None, None),
    ]


def test_other_tables_of_a_report_are_quarantined_and_not_mixed_in(web: SourceProject) -> None:
    assert web.query(
        "select rows_loaded, rows_quarantined from raw.keiro__load_log"
        " where file_name = 'ga4/ui/snapshot.csv'"
    ) == [(1, 4)]


@needs_ga4
def test_googles_sample_has_the_sessions_that_pandas_counts(web: SourceProject) -> None:
    rows = [json.loads(line) for line in GA4_SAMPLE.read_text(encoding="utf-8").splitlines()]
    frame = pd.DataFrame(rows)

    def param(params: list[dict[str, Any]], name: str) -> Any:
        values = (v for p in params if p["key"] == name for v in p["value"].values())
        return next((v for v in values if v is not None), None)

    for name in ("ga_session_id", "session_engaged"):
        frame[name] = [param(params, name) for params in frame["event_params"]]
    whole = frame.dropna(subset=["user_pseudo_id", "ga_session_id"])
    grouped = whole.groupby(["user_pseudo_id", "ga_session_id"])
    engaged = grouped["session_engaged"].agg(lambda flags: any(str(flag) == "1" for flag in flags))
    days = pd.to_datetime(grouped["event_date"].min()).dt.date.value_counts()
    sessions = web.query(
        "select min(event_date), bool_or(is_engaged), count(*)"
        " from intermediate.int_web_events_from_ga4"
        " where event_date < '2022-01-01' and source_session_id is not null"
        " group by source_session_id"
    )
    assert web.query(
        "select count(*) from intermediate.int_web_events_from_ga4 where event_date < '2022-01-01'"
    ) == [(460,)]
    assert len(sessions) == grouped.ngroups > 100
    assert sum(events for _, _, events in sessions) == len(whole) == 460
    assert sum(flag for _, flag, _ in sessions) == int(engaged.sum())
    assert pd.Series([day for day, _, _ in sessions]).value_counts().to_dict() == days.to_dict()
