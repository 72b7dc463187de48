"""What must not change the funnel, and in which direction the rest must: all of it on one company.

Everything in the schema `funnel` is compared, by sorted content: under other ids, rows shuffled
and files split; 28 years on, which is 1461 whole weeks, so that months and weekdays stay; with
unrelated people beside it.
"""

import random
import re
import shutil
from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from benchmarks.company import LAST, Company, draw_company, joined
from benchmarks.company_files import Form, export
from keiro.dbt import DbtProject
from tests.sources.project import SourceProject

SOURCES = {
    "hubspot": [
        "people",
        "accounts",
        "opportunities",
        "stage_evidence",
        "merged_ids",
        "email_events",
    ],
    "ga4": ["web_events"],
    "google_ads": ["costs"],
    "seminars": ["people", "attendances"],
}
WEEKS = timedelta(weeks=1461)
# Days are those of a calendar, whose holidays move: the tables of days that are none.
CALENDAR = {"dim_dates"}
OF_ONE = (
    "dim_people", "dim_accounts", "fct_sessions", "fct_touches", "fct_seminar_attendances",
    "fct_stage_entries", "fct_stage_spells", "fct_stage_conversions", "fct_handovers",
    "fct_opportunities", "fct_opportunity_origins", "fct_attribution_credits",
)  # fmt: skip
# By the same words in every table: an id under which nothing is known, and a date within a text.
HASH = re.compile(r"\b[0-9a-f]{20}\b")
DATE = re.compile(r"\b\d{4}-\d{2}-\d{2}\b")
IDS = """
select person_id, source_person_id from intermediate.int_people_identified
union all
select opportunity_id, source_opportunity_id from intermediate.int_opportunities_identified
union all
select account_id, source_account_id from intermediate.int_accounts_identified
"""
Row = tuple[Any, ...]


@dataclass(frozen=True)
class Funnel:
    """All tables of the funnel as they are published, and what the ids in them stand for."""

    tables: dict[str, list[Row]]
    columns: dict[str, list[str]]
    names: dict[str, str]

    def content(self, table: str, shift: timedelta = timedelta(0)) -> Counter[Row]:
        """The rows with the company's own names for ids and its own time."""

        def plain(cell: Any) -> Any:
            match cell:
                case str():
                    named = HASH.sub(lambda found: self.names.get(found[0], "#"), cell)
                    return DATE.sub(
                        lambda found: (date.fromisoformat(found[0]) - shift).isoformat(), named
                    )
                case datetime() | date():
                    return cell - shift
                case float() | Decimal():
                    return round(float(cell), 9)
            return cell

        return Counter(tuple(plain(cell) for cell in row) for row in self.tables[table])


class Renamed:
    """Numbers drawn for the ids of a company, so that their order is another; remembers whose."""

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)  # noqa: S311
        self._drawn: dict[str, str] = {}
        self.original: dict[str, str] = {}

    def __call__(self, key: str) -> str:
        if key not in self._drawn:
            name = str(self._chance.randrange(10**8, 10**9))
            self._drawn[key], self.original[name] = name, key
        return self._drawn[key]


class Project:
    """One project whose exports and work database are made anew for each company."""

    def __init__(self, folder: Path) -> None:
        self._project = SourceProject(
            folder,
            SOURCES,
            folders=["intermediate", "marts"],
            # Weekdays alone are business days, in every year.
            variables={"country": "XX", "calendar_start": "2025-01-01"},
        )
        holidays = self._project.folder / "models/intermediate/calendar/int_holidays_listed"
        holidays.with_suffix(".py").unlink()
        holidays.with_suffix(".yml").unlink()
        holidays.with_suffix(".sql").write_text(
            "select date '1900-01-01' as holiday_date, '' as name_en, '' as name_local"
        )
        seeds = self._project.folder / "seeds"
        for seed in ("company_closures", "other_costs"):
            file = seeds / f"{seed}.csv"
            file.write_text(file.read_text(encoding="utf-8").splitlines()[0] + "\n")
        self._manifest: Any = None

    def funnel(self, company: Company, form: Form) -> Funnel:
        """The funnel of a company whose exports are all that there is."""
        project = self._project
        shutil.rmtree(project.exports)
        project.settings.path(project.settings.warehouse).unlink(missing_ok=True)
        for path, content in export(company, LAST, form).items():
            project.put(path, content)
        summary = project.load()
        assert not summary.refused, [file.message for file in summary.refused]
        self.build("+path:models/marts/funnel", LAST + form.shift)
        return self._read(form)

    def query(self, sql: str) -> list[Row]:
        return self._project.query(sql)

    def relabel(self, kind: str, other: str) -> None:
        """Say something else of what became of entities, in all that is estimated from."""
        with self._project.connect() as con:
            con.execute(
                "update intermediate.int_conversions_counted set event_kind = $other"
                " where event_kind = $kind",
                {"kind": kind, "other": other},
            )

    def build(self, select: str, as_of: date) -> None:
        dbt = DbtProject(self._project.settings, as_of)
        # Only the SQL speaks of the day: the project is parsed once for all.
        self._manifest = dbt._manifest = self._manifest or dbt.parse()
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("DBT_WRITE_JSON", "false")
            dbt.build(select=select.split(), exclude=["resource_type:test"])

    def _read(self, form: Form) -> Funnel:
        original = form.name.original if isinstance(form.name, Renamed) else {}
        names: dict[str, str] = {}
        for identity, source_id in self._project.query(IDS):
            own = original.get(source_id.split("@")[0], source_id.split("@")[0])
            names[identity] = min(own, names.get(identity, own))
        tables, columns = {}, {}
        with self._project.connect() as con:
            for (name,) in con.execute(
                "select table_name from duckdb_tables() where schema_name = 'funnel'"
            ).fetchall():
                relation = con.sql(f"select * from funnel.{name}")
                tables[name], columns[name] = relation.fetchall(), relation.columns
        return Funnel(tables, columns, names)


@pytest.fixture(scope="module")
def company() -> Company:
    return draw_company()


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    return Project(tmp_path_factory.mktemp("metamorphic"))


@pytest.fixture(scope="module")
def beside(project: Project, company: Company) -> Funnel:
    """With sixty people more, of other companies, whom nothing joins to the others."""
    return project.funnel(joined(company, draw_company(seed=5, people=60, prefix="5")), Form())


@pytest.fixture(scope="module")
def rewritten(project: Project, company: Company) -> Funnel:
    """The same under other ids, in another order and other files, 1461 weeks later."""
    return project.funnel(company, Form(Renamed(1), WEEKS, random.Random(2), is_split=True))  # noqa: S311


@pytest.fixture(scope="module")
def plain(project: Project, company: Company, beside: Funnel, rewritten: Funnel) -> Funnel:
    """The company as it is; built last, so that what is not published can be queried."""
    assert all(funnel.tables for funnel in (beside, rewritten))
    return project.funnel(company, Form())


def differences(one: Counter[Row], other: Counter[Row]) -> list[Row]:
    return sorted([*(one - other), *(other - one)], key=repr)[:6]


def test_the_company_has_something_of_everything(plain: Funnel) -> None:
    """Else the other tests prove little."""
    empty = {name for name, rows in plain.tables.items() if not rows}
    assert empty <= {"fct_acquisition_days", "fct_customer_acquisition_costs"}
    assert len(plain.tables) > 20


def test_other_ids_order_files_and_weeks_change_nothing(plain: Funnel, rewritten: Funnel) -> None:
    for table in plain.tables.keys() - CALENDAR:
        assert differences(plain.content(table), rewritten.content(table, WEEKS)) == [], table


@pytest.mark.parametrize("table", OF_ONE)
def test_unrelated_people_change_nothing_of_one(plain: Funnel, beside: Funnel, table: str) -> None:
    """What pools people, as curves do, may move; the weights of data-driven credit come of that."""
    alone, together = Counter(plain.tables[table]), Counter(beside.tables[table])
    gone = alone - together
    if table == "fct_attribution_credits":
        model = plain.columns[table].index("attribution_model")
        gone = Counter(row for row in gone.elements() if row[model] != "data_driven")
    assert sorted(gone, key=repr)[:6] == []
    assert together.total() > alone.total()


def test_fewer_reach_each_further_stage(project: Project, plain: Funnel) -> None:
    """`impute`: nobody reaches a stage without those before; `strict`: in order, and within it."""
    assert plain.tables
    reached: dict[str, dict[int, set[str]]] = {"impute": {}, "strict": {}}
    for policy, stages in reached.items():
        for position, entity in project.query(
            f"""
            select position, entity_id from intermediate.int_stage_entries_imputed
            where spell = 1 and is_in_{policy} and stage != 'visit'
            """
        ):
            stages.setdefault(position, set()).add(entity)
        further = [stages[position] for position in sorted(stages)]
        assert len(further) >= 5
        assert all(later <= earlier for earlier, later in pairwise(further))
    # A deal of nobody reaches what it shows, so it is compared by people alone.
    assert all(people <= reached["impute"][stage] for stage, people in reached["strict"].items())
    skipped = [
        len(reached["impute"][stage] - people) for stage, people in reached["strict"].items()
    ]
    assert max(skipped) > 5


def test_losses_taken_for_censoring_raise_every_estimate(project: Project, plain: Funnel) -> None:
    """Runs last: it changes what the conversions are estimated from."""
    assert plain.tables
    known = dict(_curves(project))
    project.relabel("lost", "open")
    project.build("int_conversion_risks int_conversion_curves", LAST)
    raised = dict(_curves(project))
    assert raised.keys() == known.keys()
    assert all(raised[point] >= known[point] - 1e-12 for point in known)
    higher = {point[0] for point in known if raised[point] > known[point] + 1e-6}
    assert {"lead_to_mql", "mql_to_sal", "opportunity_to_won"} <= higher


def _curves(project: Project) -> list[tuple[tuple[str, str, int], float]]:
    rows = project.query(
        "select stage_pair, scope, lag_days, conversion from intermediate.int_conversion_curves"
    )
    return [((pair, scope, lag), conversion) for pair, scope, lag, conversion in rows]
