"""A build that starts from the tables of the last one gives what a build of everything gives.

Twelve days of a small company are exported, loaded and built bit by bit: GA4 files that are
restated or come late, contacts that change, are merged, deleted and recognised on the web, deals
that move and are merged. Whatever the increments did, a full build of the same raw layer must have
the same rows in every table of the funnel.
"""

import random
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb

from keiro.dbt import DbtProject
from keiro.ingest import read_declarations
from keiro.ingest.again import reload_file
from tests.sources.ga4 import event, ndjson, session
from tests.sources.project import SourceProject

INPUTS = {
    "hubspot": [
        "people",
        "accounts",
        "opportunities",
        "stage_evidence",
        "merged_ids",
        "cast_failures",
    ],
    "ga4": ["web_events", "cast_failures"],
    "google_ads": ["costs", "cast_failures"],
    "seminars": ["people", "attendances", "cast_failures"],
}
FOLDERS = [
    *(
        f"intermediate/{name}"
        for name in ("accounts", "calendar", "conversions", "costs", "people")
    ),
    *(f"intermediate/{name}" for name in ("sales", "stages", "touches", "web")),
    "marts/funnel",
]
FIRST = date(2026, 3, 2)
STAGES = ["Lead", "MQL", "SAL", "SQL", "Opportunity", "Customer"]
CONTACTS = (
    "Record ID,Email,Company Name,Lifecycle Stage,Create Date,Became a Lead Date,GA Client ID,"
    "Merged object IDs"
)
DEALS = (
    "Record ID,Deal Stage,Amount,Create Date,Close Date,Associated Contact IDs,Merged object IDs"
)
Rows = dict[int, dict[str, Any]]


class Company:
    """What a company knows, which changes from day to day."""

    def __init__(self) -> None:
        self.chance = random.Random(8)  # noqa: S311  nothing secret
        self.contacts: Rows = {}
        self.deals: Rows = {}
        self.visits: dict[date, list[dict[str, Any]]] = {}

    def pass_to(self, day: date) -> None:
        """A day of visits, forms, progress, clean-ups and deals."""
        chance = self.chance
        for _ in range(12):
            self._visit(day, f"{chance.randrange(40)}.1700000000")
        for number in list(self.contacts):
            contact = self.contacts[number]
            if chance.random() < 0.2:
                contact["stage"] = min(5, max(0, contact["stage"] + chance.choice([-1, 1, 2])))
            if chance.random() < 0.1:
                contact["client"] = f"{chance.randrange(40)}.1700000000"
            if chance.random() < 0.04:
                del self.contacts[number]
        for _ in range(4):
            number = 1000 + len(self.contacts) + chance.randrange(10**6)
            mail = f"p{chance.randrange(60)}@c{chance.randrange(5)}.example"
            client = f"{chance.randrange(40)}.1700000000" if chance.random() < 0.5 else ""
            self.contacts[number] = {
                "mail": mail,
                "stage": 0,
                "created": day,
                "client": client,
                "merged": "",
            }
        self._merge(self.contacts, 0.5)
        for deal in self.deals.values():
            deal["stage"] = chance.choice(["Discovery", "Proposal", "Closed Won", "Closed Lost"])
            if deal["stage"].startswith("Closed"):
                deal["close"] = day
        number = 7000 + len(self.deals) + chance.randrange(10**6)
        contact = chance.choice(sorted(self.contacts))
        self.deals[number] = {
            "stage": "Discovery", "amount": chance.randrange(100, 900), "created": day,
            "close": day + timedelta(days=2), "contact": contact, "merged": "",
        }  # fmt: skip
        self._merge(self.deals, 0.3)

    def _visit(self, day: date, client: str) -> None:
        """Some events of a session; one that begins late runs into the next day."""
        chance = self.chance
        start = datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(
            minutes=chance.randrange(1430)
        )
        known = None if chance.random() < 0.1 else client
        medium = chance.choice([None, "organic", "cpc", "email"])
        for step in range(chance.randrange(1, 5)):
            at = start + timedelta(minutes=9 * step)
            source = {
                "manual_source": "google",
                "manual_medium": medium,
                "manual_campaign_name": f"c{day.day % 3}",
            }
            entry = event(
                f"{at:%Y-%m-%d %H:%M:%S}",
                known,
                params=session(int(start.timestamp())) if known else None,
                collected_traffic_source=source if medium and step == 0 else None,
            )  # fmt: skip
            self.visits.setdefault(at.date(), []).append(entry)

    def _merge(self, records: Rows, probability: float) -> None:
        """A record is merged into another one and is gone from the exports."""
        if len(records) < 3 or self.chance.random() > probability:
            return
        gone, kept = self.chance.sample(list(records), 2)
        records[kept]["merged"] = ";".join(filter(None, [records[kept]["merged"], str(gone)]))
        del records[gone]

    def restate(self, day: date) -> None:
        """GA4 writes a file anew: events are gone, corrected and added."""
        kept = [entry for entry in self.visits.get(day, []) if self.chance.random() > 0.2]
        self.visits[day] = kept
        self._visit(day, f"{self.chance.randrange(40)}.1700000000")

    def export_events(self, project: SourceProject, day: date) -> None:
        """The file of a day as it is by now."""
        project.put(f"ga4/events_{day:%Y%m%d}.ndjson", ndjson(self.visits.get(day, [])))

    def export_crm(self, project: SourceProject, day: date) -> None:
        """Snapshots of contacts and deals, and now and then a seminar's list."""
        contacts = [
            f"{n},{c['mail']},Company {c['mail'][-9]},{STAGES[c['stage']]},{c['created']} 09:00,"
            f"{c['created']} 09:00,{c['client']},{c['merged']}"
            for n, c in self.contacts.items()
        ]
        deals = [
            f"{n},{d['stage']},{d['amount']},{d['created']} 09:00,{d['close']} 10:00,"
            f"{d['contact']},{d['merged']}"
            for n, d in self.deals.items()
        ]
        project.put(f"hubspot/crm-all-contacts-{day}.csv", "\n".join([CONTACTS, *contacts, ""]))
        project.put(f"hubspot/crm-all-deals-{day}.csv", "\n".join([DEALS, *deals, ""]))
        if day.day % 3 == 0:
            rows = [f"{c['mail']},○,{day} 10:00" for c in list(self.contacts.values())[:5]]
            project.put(
                f"seminars/seminar_{day}_webinar.csv",
                "\n".join(["メールアドレス,参加,申込日時", *rows, ""]),
            )


def marts(database: Path) -> dict[str, list[tuple[Any, ...]]]:
    """All rows of all tables of the funnel, sorted, by table."""
    with duckdb.connect(str(database), read_only=True) as con:
        names = con.execute(
            "select table_name from duckdb_tables() where schema_name = 'funnel'"
        ).fetchall()
        return {
            name: con.execute(f"select * from funnel.{name} order by all").fetchall()
            for (name,) in names
        }


class Builder:
    """Builds a project again and again, parsing it once for each as-of date."""

    def __init__(self, project: SourceProject) -> None:
        self.project = project
        self.parsed: dict[date, Any] = {}

    def build(self, as_of: date, fingerprint: str, *select: str) -> None:
        """Everything, or what is selected, but tests: this is about the tables."""
        dbt = DbtProject(self.project.settings, as_of, fingerprint)
        if as_of not in self.parsed:
            self.parsed[as_of] = dbt.parse()
        dbt._manifest = self.parsed[as_of]
        dbt.build(select=select, exclude=["resource_type:test"])

    def days_taken_in(self, as_of: date, fingerprint: str) -> list[str]:
        """The days of events that a build took in as an increment; none where it began anew."""
        self.build(as_of, fingerprint, "+stg_ga4__events")
        table = "staging.stg_ga4__dates_changed"
        return [row[0] for row in self.project.query(f"select * from {table} order by all")]


def advance(company: Company, project: SourceProject, day: date) -> None:
    """What a morning brings: yesterday's events, restated files of the days before, the CRM."""
    company.pass_to(day)
    company.export_events(project, day)
    for age in (1, 2):
        company.restate(day - timedelta(days=age))
        company.export_events(project, day - timedelta(days=age))
    company.export_crm(project, day)
    assert not project.load().refused


def test_day_by_day_equals_all_at_once(tmp_path: Path) -> None:
    first, last = date(2026, 3, 9), date(2026, 3, 12)
    variables = {"as_of": first.isoformat()}
    project = SourceProject(tmp_path, INPUTS, folders=FOLDERS, variables=variables)
    company, builder = Company(), Builder(project)
    for gap in range(6):
        advance(company, project, FIRST + timedelta(days=gap))
    builder.build(first, "same")
    # A file of a day that had none, long ago.
    company.restate(FIRST - timedelta(days=9))
    company.export_events(project, FIRST - timedelta(days=9))
    for step, as_of in enumerate([first, first, last]):
        for gap in (6 + 2 * step, 7 + 2 * step):
            advance(company, project, FIRST + timedelta(days=gap))
        before = project.query("select count(*) from intermediate.int_sessions_gathered")[0][0]
        builder.build(as_of, "same")
        changed = project.query("select count(*) from intermediate.int_sessions_changed")[0][0]
        assert 0 < changed < before
    database = project.settings.path(project.settings.warehouse)
    by_day = marts(database)
    builder.build(last, "other")
    assert project.query("select count(*) from intermediate.int_sessions_changed") == [(0,)]
    at_once = marts(database)
    assert by_day.keys() == at_once.keys()
    for name, rows in at_once.items():
        assert by_day[name] == rows, name
    assert len(by_day["fct_sessions"]) > 100
    assert len(by_day["fct_stage_entries"]) > 100


def test_what_makes_a_build_start_anew(tmp_path: Path) -> None:
    """Other code, an unfinished build, an earlier day, rows that are not as they were."""
    day = date(2026, 1, 9)
    inputs = {"ga4": ["web_events", "cast_failures"]}
    project = SourceProject(tmp_path, inputs, variables={"as_of": day.isoformat()})
    builder = Builder(project)

    def put(number: int, count: int = 1) -> None:
        events = [event(f"2026-01-0{number} 1{n}:00:00", "1.1") for n in range(count)]
        project.put(f"ga4/events_2026010{number}.ndjson", ndjson(events))
        assert not project.load().refused

    def change(sql: str) -> None:
        with project.connect() as con:
            con.execute(sql)

    for number in (1, 2):
        put(number)
    assert builder.days_taken_in(day, "one") == []
    # A new day, a day restated with more events, with fewer, and nothing.
    put(3, count=2)
    put(2, count=2)
    assert builder.days_taken_in(day, "one") == ["20260102", "20260103"]
    put(3, count=1)
    assert builder.days_taken_in(day, "one") == ["20260103"]
    assert builder.days_taken_in(day, "one") == []
    counts = "select event_date, count(*) from staging.stg_ga4__events group by 1 order by 1"
    assert [count for _, count in project.query(counts)] == [1, 2, 1]

    put(4)
    assert builder.days_taken_in(day, "two") == []
    put(5)
    change("update raw.keiro__build set is_complete = false")
    assert builder.days_taken_in(day, "two") == []
    put(6)
    change("update raw.keiro__build set as_of = '2026-01-10'")
    assert builder.days_taken_in(day, "two") == []
    put(7)
    with project.connect() as con:
        reload_file(
            con, read_declarations(project.folder), project.exports, "ga4/events_20260101.ndjson"
        )
    assert builder.days_taken_in(day, "two") == []
    put(8)
    assert builder.days_taken_in(day, "two") == ["20260108"]
    put(9)
    assert builder.days_taken_in(day, "") == []
    assert project.query("select count(*) from staging.stg_ga4__events") == [(10,)]
