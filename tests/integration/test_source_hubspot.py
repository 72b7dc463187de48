"""HubSpot's exports in every form give the same people, deals and stages."""

import csv
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from keiro.dbt import DbtProject
from tests.sources import hubspot
from tests.sources.project import SourceProject

INPUTS = ["people", "accounts", "opportunities", "stage_evidence", "merged_ids", "cast_failures"]
# Times are UTC; what the exports write is the wall clock of Tokyo.
PEOPLE = {
    (
        "501",
        "hanako@example.com",
        "901",
        "organic_search",
        "花子",
        "株式会社見本",
        "2026-01-05 00:30",
    ),
    ("502", "taro@example.org", None, "email", "太郎", None, "2026-01-31 15:10"),
    ("503", "ada@example.net", "902", "paid_search", "Ada", "Sample Ltd", "2026-04-01 09:00"),
}
ACCOUNTS = {("901", "example.com", 1200), ("902", "example.net", 15)}
OPPORTUNITIES = {
    ("7001", "501", "901", "won", 300000, "JPY", "2026-02-10 01:00", "2026-03-01 02:59"),
    ("7002", "502", None, "lost", None, "JPY", "2026-03-10 01:00", "2026-04-02 00:00"),
}
STAGES = {
    ("person", "501", "mql", "2026-01-20 14:45"),
    ("person", "501", "won", "2026-03-01 03:00"),
    ("person", "501", "won", None),
    ("person", "502", "mql", "2026-02-28 01:00"),
    ("person", "502", "mql", None),
    ("person", "503", "ignore", "2026-04-01 09:00"),
    ("person", "503", "ignore", None),
    ("opportunity", "7001", "opportunity", "2026-02-20 06:30"),
    ("opportunity", "7001", "won", "2026-03-01 02:59"),
    ("opportunity", "7001", "won", None),
    ("opportunity", "7002", "opportunity", "2026-03-11 00:00"),
    ("opportunity", "7002", "lost", "2026-04-02 00:00"),
    ("opportunity", "7002", "lost", None),
}
MERGED = {("person", "76340251", "501"), ("person", "46897301", "501")}


class HubSpot:
    """A project with HubSpot on, parsed once and loaded anew for each test."""

    def __init__(self, folder: Path) -> None:
        self.project = SourceProject(folder, {"hubspot": INPUTS})
        mapping = folder / "seeds" / "stage_mapping.csv"
        with mapping.open("a", encoding="utf-8") as rows:
            rows.write("hubspot,deal_stage,149884283,opportunity\n")
        with mapping.open(encoding="utf-8") as rows:
            self.stages = {
                (row["source_field"], row["source_value"].lower()): row["stage"]
                for row in csv.DictReader(rows)
                if row["source"] == "hubspot"
            }
        self.dbt = DbtProject(self.project.settings, self.project.settings.resolved_as_of)

    def build(self, files: dict[str, bytes], *, tests: bool = False) -> None:
        """Only these files in an empty warehouse."""
        self.project.settings.path(self.project.settings.warehouse).unlink(missing_ok=True)
        for old in self.project.exports.rglob("*.*"):
            old.unlink()
        for name, content in files.items():
            self.project.put(name, content)
        refused = self.project.load().refused
        assert [file.message for file in refused] == []
        self.dbt.build(exclude=[] if tests else ["resource_type:test"])

    def rows(self, sql: str) -> set[tuple[Any, ...]]:
        found = self.project.query(sql)
        assert len(found) == len(set(found)), "a row stands twice"
        return {tuple(_minute(value) for value in row) for row in found}

    def stage(self, field: str, value: str) -> str | None:
        return self.stages.get((field, value.lower()))


def _minute(value: Any) -> Any:
    return value.strftime("%Y-%m-%d %H:%M") if isinstance(value, datetime) else value


@pytest.fixture(scope="module")
def crm(tmp_path_factory: pytest.TempPathFactory) -> HubSpot:
    return HubSpot(tmp_path_factory.mktemp("hubspot"))


@pytest.mark.parametrize("form", ["english", "japanese", "internal", "xlsx"])
def test_every_form_gives_the_same_records(crm: HubSpot, form: str) -> None:
    crm.build(hubspot.files(form))
    people = (
        "source_person_id, email, source_account_id, channel, given_name, company_name, created_at"
    )
    assert crm.rows(f"select {people} from intermediate.int_people_from_hubspot") == PEOPLE
    first_visits = "select contact_id, first_visit_at from staging.stg_hubspot__contacts"
    assert crm.rows(f"{first_visits} where first_visit_at is not null") == {
        ("501", "2026-01-03 23:00")
    }
    accounts = "source_account_id, domain, employee_count"
    assert crm.rows(f"select {accounts} from intermediate.int_accounts_from_hubspot") == ACCOUNTS
    deals = crm.rows(
        "select source_opportunity_id, source_person_id, source_account_id, source_value,"
        " amount::bigint, currency, created_at, close_at"
        " from intermediate.int_opportunities_from_hubspot"
    )
    assert {(*d[:3], crm.stage("deal_stage", d[3]), *d[4:]) for d in deals} == OPPORTUNITIES
    evidence = crm.rows(
        "select distinct entity_type, source_entity_id, source_field, source_value, entered_at"
        " from intermediate.int_stage_evidence_from_hubspot"
    )
    assert {(e[0], e[1], crm.stage(e[2], e[3]), e[4]) for e in evidence} == STAGES
    merged = "entity_type, merged_id, surviving_id"
    assert crm.rows(f"select {merged} from intermediate.int_merged_ids_from_hubspot") == MERGED
    assert (
        crm.rows(
            "select column_name from intermediate.int_cast_failures_from_hubspot"
            " where cell_count is null"
        )
        == set()
    )
