"""The ledger over whole runs: what is kept, what a kill leaves, and the bridge to today's numbers.

The answers are worked out by hand beside the data.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Any

import duckdb
import pytest
from ledger_project import Leads, settings_with, write_ledger_project, write_snapshot
from pipeline_project import stand_in_page

import keiro.publish
from keiro.errors import KeiroError
from keiro.ledger.bridge import CAUSES, Bridge, bridged
from keiro.ledger.history import read_known
from keiro.pipeline import build, flag, load, preflight, publish
from keiro.run import open_run
from keiro.settings import Settings

SEPTEMBER: Leads = {
    1: ("2026-04-03", 100, ""),
    2: ("2026-04-20", 200, ""),
    3: ("2026-05-07", 100, ""),
    4: ("2026-05-08", 300, ""),
    5: ("2026-06-01", 100, ""),
    6: ("2026-06-02", 200, ""),
    7: ("2026-07-01", 100, ""),
    8: ("2026-07-02", 60, ""),
    9: ("2026-08-03", 100, ""),
    10: ("2026-08-04", 40, ""),
    11: ("2026-08-05", 300, ""),
    12: ("2026-08-06", 80, ""),
    13: ("2026-09-01", 100, ""),
    14: ("2026-09-02", 250, ""),
    15: ("2026-03-05", 70, ""),
}
# The file of the next day lies there already when September is reported, and does not count yet.
LATE = SEPTEMBER | {101: ("2026-04-30", 50, "")}
OCTOBER = LATE | {
    6: ("2026-06-02", 260, ""),
    12: ("2026-08-06", 30, ""),
    102: ("2026-08-31", 60, ""),
    103: ("2026-08-31", 70, ""),
    13: ("2026-09-01", 100, "14"),
    201: ("2026-10-01", 500, ""),
}
del OCTOBER[4], OCTOBER[11], OCTOBER[15]
# Metric and month: reported, definition, late, deletions, correction, today. Big is from 100 on,
# and then from 50 on. August: 2 of 4 are big; 3 of 4 by the new definition; with two late ones 5 of
# 6; without the deleted one 4 of 5; with one that was corrected down 3 of 5.
BRIDGES = {
    ("revenue", "2026-04-01"): (300, 0, 50, 0, 0, 350),
    ("revenue", "2026-05-01"): (400, 0, 0, -300, 0, 100),
    ("revenue", "2026-06-01"): (300, 0, 0, 0, 60, 360),
    ("revenue", "2026-08-01"): (520, 0, 130, -300, -50, 300),
    # One lead became part of another: the export still has both, and says so.
    ("revenue", "2026-09-01"): (350, 0, 0, -250, 0, 100),
    ("big_share", "2026-07-01"): (1 / 2, 1 / 2, 0, 0, 0, 1),
    ("big_share", "2026-08-01"): (
        2 / 4,
        3 / 4 - 2 / 4,
        5 / 6 - 3 / 4,
        4 / 5 - 5 / 6,
        -1 / 5,
        3 / 5,
    ),
}


SOON_AFTER = date(2026, 10, 2)
ALL = (None, "month", "all")


class KilledError(Exception):
    """Stands for what ends a process."""


@dataclass(frozen=True)
class Told:
    """The project after two publications, with a killed run between them."""

    settings: Settings
    published_at: list[datetime]
    bridge: Bridge

    def ledger(self, place: str = "published") -> list[tuple[Any, ...]]:
        """All rows of the ledger."""
        current = self.settings.path(self.settings.published_dir) / "current" / "keiro.duckdb"
        work = self.settings.path(self.settings.warehouse)
        with duckdb.connect(str(current if place == "published" else work), read_only=True) as con:
            return con.execute("from kpi.fct_kpi_ledger order by all").fetchall()


class Clock(datetime):
    """A clock that stands still; both runs are not made on one day."""

    moment = datetime(2026, 10, 1, 6, tzinfo=UTC)

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
        return cls.moment.astimezone(tz)


def run(settings: Settings) -> datetime:
    """A run without its checks, which have tests of their own; when it published."""
    with open_run(settings) as opened:
        opened.checks = []
        for step in (preflight, load, build, flag, publish):
            step(opened)
        assert opened.publication is not None
        return datetime.fromisoformat(opened.publication.manifest["known_at"])


def kill(*_: Any) -> None:
    raise KilledError


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Told]:
    with pytest.MonkeyPatch.context() as patch:
        stand_in_page(patch)
        for module in ("pipeline", "ingest.delivery"):
            patch.setattr(f"keiro.{module}.datetime", Clock)
        folder = tmp_path_factory.mktemp("ledger")
        write_ledger_project(folder)
        write_snapshot(folder, "2026-09-30", SEPTEMBER)
        write_snapshot(folder, "2026-10-01", LATE)
        first = run(settings_with(folder, as_of="2026-09-30", big=100))
        write_snapshot(folder, "2026-10-02", OCTOBER)
        settings = settings_with(folder, as_of="2026-10-02", big=50)
        patch.setattr(Clock, "moment", Clock.moment + timedelta(days=2))
        with pytest.MonkeyPatch.context() as killing:
            killing.setattr(keiro.publish, "_flip", kill)
            with pytest.raises(KilledError):
                run(settings)
        second = run(settings)
        yield Told(settings, [first, second], bridged(settings, SOON_AFTER, ALL))


def test_each_cause_alone_and_all_together(told: Told) -> None:
    found = {
        (row["metric"], str(row["period_start"])): tuple(
            row[name] for name in ("reported", *CAUSES, "today")
        )
        for row in told.bridge.rows
    }
    assert set(found) == set(BRIDGES)
    assert told.bridge.gone == 2  # both metrics of March, of whose only lead nothing is left
    for key, expected in BRIDGES.items():
        assert found[key] == pytest.approx(expected, abs=1e-12), key
        reported, *causes, today = found[key]
        assert reported + sum(causes) == pytest.approx(today, abs=1e-9)


def test_only_what_changed_is_written_again(told: Told) -> None:
    first, second = (moment.replace(tzinfo=None) for moment in told.published_at)
    rows = {
        moment: {(row[0], str(row[3])) for row in told.ledger() if row[6] == moment}
        for moment in (first, second)
    }
    assert len(told.ledger()) == len(rows[first]) + len(rows[second])
    months = {f"2026-{month:02d}-01" for month in range(3, 10)}
    assert rows[first] == {
        (metric, month) for metric in ("revenue", "big_share") for month in months
    }
    # The new definition is reported anew for each month; of the sums only those that changed.
    assert rows[second] == {
        *(("big_share", month) for month in (*months, "2026-10-01")),
        *(("revenue", month) for month in (*months - {"2026-07-01"}, "2026-10-01")),
    }
    retired = {(row[0], str(row[3])) for row in told.ledger() if row[11] == "retired"}
    assert retired == {("revenue", "2026-03-01"), ("big_share", "2026-03-01")}


def test_the_publication_holds_its_own_rows_and_a_killed_run_left_none(told: Told) -> None:
    assert told.ledger() == told.ledger("work")
    assert {row[6] for row in told.ledger()} == {
        moment.replace(tzinfo=None) for moment in told.published_at
    }
    with duckdb.connect(str(told.settings.path(told.settings.warehouse)), read_only=True) as con:
        unsettled = "select count(*) from raw.keiro__publications where not is_confirmed"
        assert con.execute(unsettled).fetchall() == [(0,)]
        latest = con.execute(
            "select count(*) from raw.keiro__kpi_reported as reported semi join ("
            "select * from raw.keiro__kpi_ledger qualify row_number() over (partition by metric,"
            " period_start order by known_at desc) = 1) using (metric, period_start, known_at)"
        ).fetchall()
    assert latest == [(16,)]


def test_what_was_known_on_a_day_is_what_was_published_last_by_then(told: Told) -> None:
    published = told.settings.path(told.settings.published_dir)
    then, now = (
        {row["metric"]: row for row in read_known(published, day, told.settings.timezone).kpis}
        for day in (SOON_AFTER, date(2026, 10, 3))
    )
    assert then["revenue"]["period_start"] == date(2026, 9, 1)
    assert (then["revenue"]["value"], then["revenue"]["value_today"]) == (350, 100)
    assert then["big_share"]["is_redefined"]
    assert (now["revenue"]["value"], now["revenue"]["period_start"]) == (500, date(2026, 10, 1))
    assert not now["big_share"]["is_redefined"]


def test_a_lost_work_database_brings_its_ledger_back_from_the_publication(
    told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_in_page(monkeypatch)
    before = told.ledger()
    told.settings.path(told.settings.warehouse).unlink()
    run(told.settings)
    assert told.ledger() == told.ledger("work") == before


def test_a_day_before_the_ledger_is_an_error_that_says_when_it_begins(told: Told) -> None:
    published = told.settings.path(told.settings.published_dir)
    with pytest.raises(KeiroError, match="it begins on 2026-10-01"):
        read_known(published, date(2020, 1, 1), told.settings.timezone)
    with pytest.raises(KeiroError, match="nothing had been published"):
        bridged(told.settings, date(2020, 1, 1), ALL)
    with pytest.raises(KeiroError, match="no value that was final then of metric 'lead'"):
        bridged(told.settings, SOON_AFTER, ("lead", "month", "all"))
