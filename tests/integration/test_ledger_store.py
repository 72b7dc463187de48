"""What the ledger writes: news only, whatever the order of sums, of keys and of clocks."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from keiro.ledger import Edition, confirm, record
from keiro.ledger.schema import LEDGER_TABLES
from keiro.publish import Publication

NOON = datetime(2026, 10, 1, 3, tzinfo=UTC)
VALUES = """
create or replace table kpi.fct_kpi_values as
select metric, 'day' as grain, 'all' as scope, day::date as period_start, day::date as period_end,
    value::double as value, null::double as numerator, null::double as denominator, n::bigint as n,
    status, 'ok' as trust, 'count' as unit, definition_hash, date '2026-09-30' as as_of
from (values {rows}) as given (metric, day, value, n, status, definition_hash)
"""
Row = tuple[str, str, float | None, int, str, str]
LEADS: Row = ("leads", "2026-09-29", 10.0, 10, "final", "a")
VISITS: Row = ("visits", "2026-09-29", 0.1 + 0.2, 3, "provisional", "a")


class Work:
    """A work database with values, and publications that only take place in its ledger."""

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        self.con = con
        con.execute("create schema raw; create schema kpi; create schema intermediate")
        for name, definition in LEDGER_TABLES.items():
            con.execute(f"create table {name} ({definition})")
        con.execute("create view kpi.fct_kpi_ledger as from raw.keiro__kpi_ledger")
        self.now = NOON

    def publish(self, *rows: Row, as_of: date = date(2026, 9, 30), killed: bool = False) -> Any:
        """Report these values a day after the last ones; the rows that this wrote."""
        marks = ", ".join("(" + ", ".join("?" for _ in row) + ")" for row in rows)
        self.con.execute(VALUES.format(rows=marks), [cell for row in rows for cell in row])
        self.con.execute("update kpi.fct_kpi_values set as_of = ?", [as_of])
        self.now += timedelta(days=1)
        known_at = record(self.con, None, Edition(as_of, self.now, "data"))
        if not killed:
            confirm(self.con, known_at)
        return self.con.execute(
            "select metric, value, status from kpi.fct_kpi_ledger where known_at = ? order by all",
            [known_at.replace(tzinfo=None)],
        ).fetchall()


@pytest.fixture
def work(tmp_path: Path) -> Iterator[Work]:
    with duckdb.connect(str(tmp_path / "keiro.duckdb")) as con:
        yield Work(con)


def test_the_same_again_is_no_news(work: Work) -> None:
    assert len(work.publish(LEADS, VISITS)) == 2
    assert work.publish(LEADS, VISITS) == []


def test_a_sum_in_another_order_is_no_news(work: Work) -> None:
    work.publish(VISITS)
    assert work.publish((*VISITS[:2], 0.3, *VISITS[3:])) == []
    assert len(work.publish((*VISITS[:2], 0.3001, *VISITS[3:]))) == 1


@pytest.mark.parametrize(
    ("position", "other"), [(2, 11.0), (2, None), (3, 11), (4, "provisional"), (5, "b")]
)
def test_value_cases_status_and_definition_are_news(work: Work, position: int, other: Any) -> None:
    work.publish(LEADS, VISITS)
    changed: Any = (*LEADS[:position], other, *LEADS[position + 1 :])
    assert [row[0] for row in work.publish(changed, VISITS)] == ["leads"]
    assert [row[0] for row in work.publish(LEADS, VISITS)] == ["leads"]


def test_what_is_no_longer_reported_is_retired_once_and_may_come_back(work: Work) -> None:
    work.publish(LEADS, VISITS)
    assert work.publish(LEADS) == [("visits", None, "retired")]
    assert work.publish(LEADS) == []
    assert work.publish(LEADS, VISITS) == [("visits", 0.1 + 0.2, "provisional")]


def test_a_killed_run_repeats_no_row(work: Work) -> None:
    work.publish(LEADS)
    assert len(work.publish(LEADS, VISITS, killed=True)) == 1
    assert work.publish(LEADS, VISITS) == [("visits", 0.1 + 0.2, "provisional")]
    assert work.con.execute("select count(*) from kpi.fct_kpi_ledger").fetchall() == [(2,)]


def test_a_run_killed_after_its_publication_was_made_keeps_its_rows(
    work: Work, tmp_path: Path
) -> None:
    work.publish(LEADS, killed=True)
    made = Publication("v", tmp_path / "absent", {"known_at": work.now.isoformat()})
    work.now += timedelta(days=1)
    record(work.con, made, Edition(date(2026, 9, 30), work.now, "data"))
    rows = "select known_at, value from kpi.fct_kpi_ledger"
    assert work.con.execute(rows).fetchall() == [(datetime(2026, 10, 2, 3), 10.0)]


def test_a_clock_that_was_set_back_keeps_the_order(work: Work) -> None:
    work.publish(LEADS)
    work.now -= timedelta(days=30)
    work.publish((*LEADS[:2], 11.0, *LEADS[3:]))
    latest = "select value from kpi.fct_kpi_ledger order by known_at desc limit 1"
    assert work.con.execute(latest).fetchall() == [(11.0,)]


def test_a_project_without_the_mart_keeps_no_ledger(work: Work) -> None:
    work.con.execute("drop view kpi.fct_kpi_ledger")
    assert record(work.con, None, Edition(date(2026, 9, 30), NOON, "data")) == NOON
    confirm(work.con, NOON)
    assert work.con.execute("select count(*) from raw.keiro__kpi_ledger").fetchall() == [(0,)]
