"""The demo's files, read with the standard library and DuckDB, against its own truth."""

import csv
import io
import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

import duckdb
import holidays
import pytest

from keiro.demo import DemoSummary, write_demo

START, END = date(2026, 1, 1), date(2026, 9, 30)
CLOSED = {(12, 29), (12, 30), (12, 31), (1, 1), (1, 2), (1, 3), (8, 13), (8, 14), (8, 15)}
STEP_COLUMNS = {
    "mql": "MQL(マーケティング上の有望な見込み客)になった日付",
    "sal": "SAL(営業が受け入れた見込み客)になった日付",
    "sql": "SQL(営業上の有望な見込み客)になった日付",
    "opportunity": "商談になった日付",
    "customer": "顧客に転換した日付",
    "disqualified": "対象外になった日付",
}
JST = timedelta(hours=9)


@dataclass
class Demo:
    folder: Path
    summary: DemoSummary

    def text(self, name: str, encoding: str) -> str:
        return (self.folder / name).read_bytes().decode(encoding)

    def table(self, name: str, encoding: str) -> list[dict[str, str]]:
        return list(csv.DictReader(io.StringIO(self.text(name, encoding), newline="")))

    def truth(self, sql: str) -> list[tuple[Any, ...]]:
        return self.connection.execute(sql).fetchall()

    def daily(self, column: str) -> dict[date, int]:
        query = f"select date, {column} from daily where channel = 'all' and {column} > 0"
        return dict(self.truth(query))

    @cached_property
    def contacts(self) -> list[dict[str, str]]:
        return self.table("hubspot/hubspot-crm-exports-all-contacts-2026-09-30.csv", "cp932")

    @cached_property
    def deals(self) -> list[dict[str, str]]:
        return self.table("hubspot/hubspot-crm-exports-all-deals-2026-09-30.csv", "utf-8")

    @cached_property
    def events(self) -> list[dict[str, Any]]:
        """All events of the first deliveries, the parameters as a flat dict of Python values."""
        events = []
        for file in sorted((self.folder / "ga4").glob("events_????????.*")):
            events += list(self.events_of(file))
        return events

    @cached_property
    def connection(self) -> duckdb.DuckDBPyConnection:
        connection = duckdb.connect()
        connection.execute("set timezone = 'Asia/Tokyo'")
        for file in (self.folder / "_truth").glob("*.parquet"):
            connection.execute(f"create view {file.stem} as from '{file}'")
        return connection

    def events_of(self, file: Path) -> Iterator[dict[str, Any]]:
        if file.suffix == ".ndjson":
            rows = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
        else:
            read = self.connection.execute(f"from read_parquet('{file}')")
            names = [column[0] for column in read.description]
            rows = [dict(zip(names, row, strict=True)) for row in read.fetchall()]
        for row in rows:
            params = {
                param["key"]: next(v for v in param["value"].values() if v is not None)
                for param in row["event_params"]
            }
            yield {**row, "params": params, "file": file.name}


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    folder = tmp_path_factory.mktemp("demo") / "exports"
    summary = write_demo(folder, start=START, end=END, scale=0.3)
    return Demo(folder, summary)


def on_day(text: str) -> date:
    return datetime.strptime(text, "%Y-%m-%d %H:%M").date()


def count_days(texts: list[str]) -> dict[date, int]:
    return dict(Counter(day for day in map(on_day, filter(None, texts)) if day >= START))


def test_the_summary_names_each_file_once(demo: Demo) -> None:
    on_disk = {
        str(file.relative_to(demo.folder))
        for file in demo.folder.rglob("*")
        if file.is_file() and file.name != "files.txt"
    }
    assert set(demo.summary.files) == on_disk
    assert len(demo.summary.files) == len(on_disk)
    assert demo.summary.rows["ga4.events"] > len(demo.events)  # one day was delivered twice
    assert demo.summary.rows["hubspot.deals"] > len(demo.deals)


def test_expected_files_are_there(demo: Demo) -> None:
    hubspot = sorted(file.name for file in (demo.folder / "hubspot").iterdir())
    assert hubspot == [
        f"hubspot-crm-exports-all-{name}.csv"
        for name in (
            "companies-2026-09-30",
            "contacts-2026-08-31",
            "contacts-2026-09-30",
            "deals-2026-08-31",
            "deals-2026-09-30",
        )
    ]
    ndjson = sorted((demo.folder / "ga4").glob("*.ndjson"))
    parquet = sorted((demo.folder / "ga4").glob("*.parquet"))
    assert (ndjson[0].name, ndjson[-1].name) == ("events_20260101.ndjson", "events_20260331.ndjson")
    assert (parquet[0].name, parquet[-1].name) == (
        "events_20260401.parquet",
        "events_20260930.parquet",
    )
    assert (len(ndjson), len(parquet)) == (90, 183 + 1)


def test_japanese_files_are_cp932_and_nothing_else(demo: Demo) -> None:
    for file in [
        *(demo.folder / "seminars").iterdir(),
        demo.folder / "hubspot/hubspot-crm-exports-all-contacts-2026-09-30.csv",
        demo.folder / "hubspot/hubspot-crm-exports-all-companies-2026-09-30.csv",
    ]:
        content = file.read_bytes()
        content.decode("cp932")
        with pytest.raises(UnicodeDecodeError):
            content.decode("utf-8")
    companies = demo.text("hubspot/hubspot-crm-exports-all-companies-2026-09-30.csv", "cp932")
    for sign in ("㈱", "株式会社", "Ｋ", "髙", "①"):
        assert sign in companies


def test_the_earlier_snapshot_is_english_with_a_mark(demo: Demo) -> None:
    name = "hubspot/hubspot-crm-exports-all-contacts-2026-08-31.csv"
    assert (demo.folder / name).read_bytes().startswith(b"\xef\xbb\xbfRecord ID,First Name,")
    rows = demo.table(name, "utf-8-sig")
    assert len(rows[0]) == 22
    assert {row["Lifecycle Stage"] for row in rows} <= {
        "Lead",
        "Marketing Qualified Lead",
        "Sales Accepted Lead",
        "Sales Qualified Lead",
        "Opportunity",
        "Customer",
    }


def test_the_earlier_snapshot_knows_only_its_past(demo: Demo) -> None:
    earlier = demo.table("hubspot/hubspot-crm-exports-all-contacts-2026-08-31.csv", "utf-8-sig")
    then = date(2026, 8, 31)
    english = [
        "Became a Marketing Qualified Lead Date",
        "Became a Sales Accepted Lead Date",
        "Became a Sales Qualified Lead Date",
        "Became an Opportunity Date",
        "Became a Customer Date",
        "Disqualified Date",
    ]
    now = {row["レコードID"]: row for row in demo.contacts}
    assert len(earlier) == sum(on_day(row["作成日"]) <= then for row in demo.contacts)
    for row in earlier:
        later = now[row["Record ID"]]
        for label, japanese in zip(english, STEP_COLUMNS.values(), strict=True):
            known = later[japanese]
            assert row[label] == (known if known and on_day(known) <= then else "")
    deals = demo.table("hubspot/hubspot-crm-exports-all-deals-2026-08-31.csv", "utf-8")
    assert max(on_day(row["Create Date"]) for row in deals) <= then
    # What was won in September was open in August, and expected later.
    won_later = {
        row["Record ID"]
        for row in demo.deals
        if row["Deal Stage"].startswith("Closed") and on_day(row["Close Date"]) > then
    }
    still_open = [row for row in deals if row["Record ID"] in won_later]
    assert still_open
    for row in still_open:
        assert row["Deal Stage"] in ("Discovery", "Proposal", "Negotiation")
        assert on_day(row["Close Date"]) > then


def test_nothing_after_the_end_appears(demo: Demo) -> None:
    for row in demo.contacts:
        labels = ["作成日", "最終更新日", *STEP_COLUMNS.values()]
        assert all(on_day(row[label]) <= END for label in labels if row[label])
    for row in demo.deals:
        entered = [value for label, value in row.items() if label.startswith("Date entered")]
        assert all(on_day(value) <= END for value in entered if value)
        is_open = not row["Deal Stage"].startswith("Closed")
        assert (on_day(row["Close Date"]) > END) == is_open
    assert max(event["event_date"] for event in demo.events) == "20260930"


def test_crm_steps_happen_in_business_hours(demo: Demo) -> None:
    national = holidays.country_holidays("JP", years=[2025, 2026])
    entered = [label for label in demo.deals[0] if label.startswith("Date entered")]
    texts = [row[label] for row in demo.contacts for label in STEP_COLUMNS.values()]
    texts += [row[label] for row in demo.deals for label in entered]
    steps = [datetime.strptime(text, "%Y-%m-%d %H:%M") for text in texts if text]
    assert len(steps) > 500
    for step in steps:
        assert step.weekday() < 5
        assert step.date() not in national
        assert (step.month, step.day) not in CLOSED
        assert "09:00" <= f"{step:%H:%M}" <= "18:30"


def test_leads_and_stages_per_day_agree_with_the_truth(demo: Demo) -> None:
    first: dict[str, str] = {}
    for row in demo.contacts:
        email = row["Eメール"].lower()
        first[email] = min(row["作成日"], first.get(email, "9"))
    assert count_days(list(first.values())) == demo.daily("leads")
    for stage, column in [("mql", "mqls_stated"), ("sal", "sals_stated"), ("sql", "sqls")]:
        stated = [row[STEP_COLUMNS[stage]] for row in demo.contacts]
        assert count_days(stated) == demo.daily(column), stage
    # A skipped stage takes the time of the next one.
    order = ["mql", "sal", "sql"]
    imputed = [
        next((row[STEP_COLUMNS[s]] for s in order[at:] if row[STEP_COLUMNS[s]]), "")
        for at in (0, 1)
        for row in demo.contacts
    ]
    half = len(demo.contacts)
    assert count_days(imputed[:half]) == demo.daily("mqls")
    assert count_days(imputed[half:]) == demo.daily("sals")
    assert sum(demo.daily("sals").values()) > sum(demo.daily("sals_stated").values())


def test_deals_per_day_agree_with_the_truth(demo: Demo) -> None:
    assert count_days([row["Create Date"] for row in demo.deals]) == demo.daily("opportunities")
    won = [row for row in demo.deals if row["Deal Stage"] == "Closed Won"]
    assert count_days([row["Close Date"] for row in won]) == demo.daily("won")
    revenue: Counter[date] = Counter()
    for row in won:
        revenue[on_day(row["Close Date"])] += int(row["Amount"].replace(",", ""))
    expected = {day: amount for day, amount in revenue.items() if day >= START}
    assert expected == demo.daily("revenue_jpy")
    lost = [row for row in demo.deals if row["Deal Stage"] == "Closed Lost"]
    assert count_days([row["Close Date"] for row in lost]) == demo.daily("lost")
    assert all(row["Closed Lost Reason"] for row in lost)


def test_the_newest_deals_have_a_renamed_stage(demo: Demo) -> None:
    stages = {row["Deal Stage"] for row in demo.deals}
    assert "Solution Review" in stages
    assert "Proposal" not in stages
    assert 'Date entered "Solution Review (Sales Pipeline)"' in demo.deals[0]
    earlier = demo.table("hubspot/hubspot-crm-exports-all-deals-2026-08-31.csv", "utf-8")
    assert "Proposal" in {row["Deal Stage"] for row in earlier}
    assert 'Date entered "Proposal (Sales Pipeline)"' in earlier[0]


def test_deals_point_to_contacts_and_companies(demo: Demo) -> None:
    contacts = {row["レコードID"] for row in demo.contacts}
    listed = demo.table("hubspot/hubspot-crm-exports-all-companies-2026-09-30.csv", "cp932")
    companies = {row["レコードID"]: row["会社名"] for row in listed}
    for row in demo.deals:
        people = row["Associated Contact IDs"].split(";")
        assert people[0]
        assert set(people) <= contacts
        assert row["Associated Company IDs"] in {"", *companies}
    for row in demo.contacts:
        assert row["会社名"] == companies.get(row["関連付けられている会社ID"], "")


def test_sessions_per_day_agree_with_the_truth(demo: Demo) -> None:
    sessions = {
        (event["user_pseudo_id"], int(event["params"]["ga_session_id"]))
        for event in demo.events
        if event.get("user_pseudo_id")
    }
    days = Counter((datetime.fromtimestamp(s, UTC) + JST).date() for _, s in sessions)
    assert dict(days) == demo.daily("sessions_exported")
    calm = {
        day: n
        for day, n in demo.daily("sessions").items()
        if not (6, 8) <= (day.month, day.day) <= (6, 11)
    }
    assert {day: days[day] for day in calm} == calm


def test_events_are_of_the_declared_form(demo: Demo) -> None:
    seen = set()
    for event in demo.events:
        params, is_text = event["params"], event["file"].endswith(".ndjson")
        assert event["event_date"] == event["file"][7:15]
        assert isinstance(event["event_timestamp"], str if is_text else int)
        at = datetime.fromtimestamp(int(event["event_timestamp"]) / 1e6, UTC) + JST
        assert f"{at:%Y%m%d}" == event["event_date"]
        assert params["session_engaged"] in (("0", "1") if is_text else (0, 1))
        assert params["page_location"].startswith("https://www.keiro-demo.example/")
        user = event.get("user_pseudo_id")
        assert (user is None) == ("ga_session_id" not in params)
        if user is not None:
            assert re.fullmatch(r"\d+\.\d+", user)
            assert isinstance(params["ga_session_id"], str if is_text else int)
            assert int(params["ga_session_number"]) >= 1
            key = (user, event["event_timestamp"], event["event_name"])
            assert key not in seen
            seen.add(key)
    without = sum(event.get("user_pseudo_id") is None for event in demo.events)
    assert 0.01 < without / len(demo.events) < 0.08


def test_forms_of_contacts_are_in_the_events(demo: Demo) -> None:
    forms = set()
    for event in demo.events:
        if event["event_name"] == "generate_lead" and event.get("user_pseudo_id"):
            at = datetime.fromtimestamp(int(event["event_timestamp"]) // 1_000_000, UTC) + JST
            forms.add((event["user_pseudo_id"], f"{at:%Y-%m-%d %H:%M}"))
    linked = {
        (row["GAクライアントID"], row["作成日"])
        for row in demo.contacts
        if row["GAクライアントID"] and on_day(row["作成日"]) >= START
    }
    outage = {f"2026-06-{day:02}" for day in (8, 9, 10, 11)}
    missing = {form for form in linked - forms if form[1][:10] not in outage}
    assert len(linked) > 200
    assert missing == set()
    # Some people fill in the form and leave no client id in the CRM.
    assert len(forms - linked) > 0


def test_channels_can_be_read_from_the_collected_source(demo: Demo) -> None:
    mediums = {"organic": "organic_search", "cpc": "paid_search", "social": "social"}
    mediums |= {"email": "email", "referral": "referral"}
    found: Counter[str] = Counter()
    for event in demo.events:
        if event["event_name"] != "session_start" or not event.get("user_pseudo_id"):
            continue
        source = event.get("collected_traffic_source") or {}
        if source.get("gclid"):
            found["paid_search"] += 1
        else:
            found[mediums.get(source.get("manual_medium") or "", "direct")] += 1
    expected = demo.truth(
        "select channel, count(*) from sessions where has_consent "
        "and started_at::date not between '2026-06-08' and '2026-06-11' group by 1"
    )
    for channel, n in expected:
        assert n <= found[channel] <= n + 20, channel


def test_the_outage_leaves_a_few_events_and_all_leads(demo: Demo) -> None:
    outage = {f"202606{day:02}" for day in (8, 9, 10, 11)}
    left = sum(event["event_date"] in outage for event in demo.events)
    query = "select sum(events) from sessions where started_at::date between '{}' and '{}'"
    happened = demo.truth(query.format("2026-06-08", "2026-06-11"))[0][0]
    assert 0 < left < 0.1 * happened
    leads = demo.daily("leads")
    assert sum(leads.get(date(2026, 6, day), 0) for day in (8, 9, 10, 11)) > 2
    assert sum(event["event_date"] == "20260612" for event in demo.events) > 50


def test_reports_of_costs_add_up(demo: Demo) -> None:
    cost: Counter[date] = Counter()
    for month in range(1, 10):
        text = demo.text(f"google_ads/campaign_report_2026-{month:02}.csv", "utf-8")
        lines = list(csv.reader(io.StringIO(text)))
        japanese = month > 5  # nine months: the second half begins with the sixth
        assert lines[0] == ["キャンペーン レポート" if japanese else "Campaign report"]
        assert lines[2][:3] == (
            ["日", "キャンペーン", "キャンペーン ID"]
            if japanese
            else ["Day", "Campaign", "Campaign ID"]
        )
        rows, totals = lines[3:-2], lines[-2:]
        assert totals[1][0] == ("合計: アカウント" if japanese else "Total: Account")
        for column in (4, 5, 6, 7):
            values = [float(row[column].replace(",", "")) for row in rows if row[column] != "--"]
            for total in totals:
                assert float(total[column].replace(",", "")) == pytest.approx(sum(values))
        for row in rows:
            cost[date.fromisoformat(row[0])] += int(row[4].replace(",", ""))
    assert dict(demo.truth("select date, sum(cost_jpy)::bigint from costs group by 1")) == cost
    english = demo.text("google_ads/campaign_report_2026-01.csv", "utf-8").splitlines()
    assert english[1] == '"January 1, 2026 - January 31, 2026"'
    japanese_lines = demo.text("google_ads/campaign_report_2026-09.csv", "utf-8").splitlines()
    assert japanese_lines[1] == "2026年9月1日～2026年9月30日"
    assert any(line.endswith(",--") for line in english)


def test_duplicates_are_delivered_as_labelled(demo: Demo) -> None:
    ads = demo.folder / "google_ads"
    first = (ads / "campaign_report_2026-08.csv").read_bytes()
    assert (ads / "campaign_report_2026-08 (1).csv").read_bytes() == first
    ga4 = demo.folder / "ga4"
    once, again = ga4 / "events_20260817.parquet", ga4 / "events_20260817 (1).parquet"
    assert once.read_bytes() != again.read_bytes()

    def lines(file: Path) -> list[str]:
        events = demo.events_of(file)
        return [json.dumps({**event, "file": ""}, sort_keys=True) for event in events]

    assert lines(once) != lines(again)
    assert sorted(lines(once)) == sorted(lines(again))


def test_duplicate_contacts_differ_only_in_letter_case(demo: Demo) -> None:
    emails = Counter(row["Eメール"].lower() for row in demo.contacts)
    doubled = {email for email, n in emails.items() if n > 1}
    expected = demo.truth(
        "select count(*) from contacts where is_duplicate and created_at < '2026-10-01'"
    )[0][0]
    assert len(doubled) == expected > 0
    for email in doubled:
        spellings = {row["Eメール"] for row in demo.contacts if row["Eメール"].lower() == email}
        assert len(spellings) == 2


def test_seminar_lists_agree_with_the_truth(demo: Demo) -> None:
    dates = r"(\d{4})(?:年|/)(\d{1,2})(?:月|/)(\d{1,2})日?"
    emails = {row["Eメール"].lower() for row in demo.contacts}
    files = sorted((demo.folder / "seminars").iterdir())
    assert 17 <= len(files) <= 18
    for file in files:
        lines = list(csv.reader(io.StringIO(file.read_bytes().decode("cp932"), newline="")))
        held = date.fromisoformat(file.name[8:18])
        assert lines[0][0] == "セミナー名"
        assert lines[1] == ["開催日", f"{held:%Y/%m/%d}"]
        assert lines[2] == ["申込日時", "氏名", "会社名", "メールアドレス", "参加", "フォロー日"]
        followed = []
        for row in lines[3:]:
            assert row[3].lower() in emails
            assert datetime.strptime(row[0], "%Y/%m/%d %H:%M").date() < held
            if row[5]:
                found = re.fullmatch(dates, row[5])
                assert found
                followed.append(date(*map(int, found.groups())))
        expected = demo.truth(
            "select count(*), count(*) filter (attended), "
            "count(*) filter (followed_up_date <= '2026-09-30') "
            f"from registrations where seminar_date = '{held}'"
        )[0]
        attended = sum(row[4] == "○" for row in lines[3:])
        assert (len(lines) - 3, attended, len(followed)) == expected
        assert all(held <= day <= END for day in followed)


def test_truth_names_the_incidents(demo: Demo) -> None:
    truth = json.loads((demo.folder / "_truth/truth.json").read_text("utf-8"))
    assert [entry["kind"] for entry in truth["incidents"]] == [
        "tracking_outage",
        "duplicate_delivery",
        "duplicate_delivery",
        "renamed_stage",
        "conversion_fall",
    ]
    assert truth["incidents_left_out"] == []
    assert {entry["expected_cause"] for entry in truth["incidents"]} == {
        "instrumentation",
        "pipeline",
        "definition",
        "business",
    }
    assert list(demo.summary.incidents) == truth["incidents"]


def test_true_conversions_follow_from_the_lives(demo: Demo) -> None:
    for before, after, horizon in [("lead", "mql", 60), ("mql", "sal", 30), ("sal", "sql", 60)]:
        n, converted = demo.truth(
            f"select count(*), count(*) filter "
            f"(epoch({after}_at) - epoch({before}_at) <= {horizon} * 86400) from people "
            f"where {before}_at::date between '{START}' and '{END}'"
        )[0]
        stored = demo.truth(
            f"select n, converted from conversions where from_stage = '{before}' "
            f"and to_stage = '{after}' and horizon_days = {horizon} "
            "and channel = 'all' and cohort_month is null"
        )
        assert stored == [(n, converted)]
