"""The bridge from a reported number to today's, by computing it again one cause at a time.

Each step changes one thing and keeps it: today's definitions on what was known then, then the rows
that came late, then the deletions, then all that is known now. The differences between steps add up
to the whole change by construction, whatever the metric: counts, ratios and medians alike.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb

from keiro.dbt import DbtProject
from keiro.errors import ExitCode, KeiroError
from keiro.ledger.schema import LEDGER, PUBLICATIONS
from keiro.ledger.stages import STAGES, Reported, write_stage
from keiro.progress import Reporter
from keiro.run import Run, open_run
from keiro.settings import Settings

CAUSES = ("definition_change", "late_data", "deletions_and_merges", "correction")
VALUES = "intermediate.int_kpi_values_computed"


@dataclass(frozen=True)
class Bridge:
    """Values that were final when they were reported and are others now; rows by column name.

    Each row has metric, label_en, label_ja, unit, grain, scope, period_start, period_end, reported,
    the four causes and today: reported + causes = today. `gone` is how many more were final and
    have no value now, withheld or no longer reported.
    """

    day: date
    published_at: datetime
    as_of: date
    rows: list[dict[str, Any]]
    gone: int

    def as_json(self) -> dict[str, Any]:
        """The same as plain JSON values, for scripts."""
        return {
            "day": self.day.isoformat(),
            "published_at": self.published_at.isoformat(),
            "as_of": self.as_of.isoformat(),
            "without_value_now": self.gone,
            "bridges": [
                {k: v.isoformat() if isinstance(v, date) else v for k, v in row.items()}
                for row in self.rows
            ],
        }


Wanted = tuple[str | None, str, str]


def bridged(
    settings: Settings, day: date, wanted: Wanted, reporter: Reporter | None = None
) -> Bridge:
    """Explain what became of the values that were final in the last publication by a day.

    `wanted` is the metric (None is all), the grain and the scope. The work database is only read;
    up to three builds are made beside it. Raises KeiroError where the ledger knows no publication
    by then or no final value of what is wanted, the last run was as of an earlier day than that,
    or another run goes on.
    """
    with open_run(settings, reporter=reporter) as run:
        if not run.warehouse.exists():
            raise _no_ledger(settings)
        run.reporter.begin("bridge")
        return _bridge(run, day, wanted)


def _bridge(run: Run, day: date, wanted: Wanted) -> Bridge:
    from keiro.ingest import read_declarations

    with duckdb.connect(str(run.warehouse), read_only=True) as con:
        reported = _publication(con, run.settings, day)
        changed, gone = _compared(con, reported, wanted)
    if changed:
        objects = read_declarations(run.settings.project_dir.resolve())
        with TemporaryDirectory(prefix="bridge-", dir=run.warehouse.parent) as folder:
            steps = _steps(run, Path(folder), objects, reported)
        for row in changed:
            _explain(row, steps)
    return Bridge(day, reported.known_at.replace(tzinfo=UTC), reported.as_of, changed, gone)


def _publication(con: duckdb.DuckDBPyConnection, settings: Settings, day: date) -> Reported:
    end = datetime.combine(day + timedelta(days=1), time(), settings.timezone)
    until = end.astimezone(UTC).replace(tzinfo=None)
    try:
        rows = con.execute(
            f"select known_at, valid_at from {PUBLICATIONS} where is_confirmed order by known_at"
        ).fetchall()
        today = con.execute("select max(as_of) from kpi.fct_kpi_values").fetchone()
    except duckdb.CatalogException as error:
        raise _no_ledger(settings) from error
    before = [row for row in rows if row[0] < until]
    if not before:
        begin = f"{rows[0][0]:%Y-%m-%d} (UTC)" if rows else "with the next run"
        raise KeiroError(
            f"on {day} nothing had been published that the ledger knows of; it begins {begin}",
            where="DATE",
            remedy="ask for a later day",
            exit_code=ExitCode.USAGE,
        )
    reported = Reported(*before[-1])
    if today is not None and today[0] is not None and today[0] < reported.as_of:
        raise KeiroError(
            f"the last run was as of {today[0]}, and that publication as of {reported.as_of}",
            where="DATE",
            remedy="run `keiro run` as of today, or ask for an earlier day",
            exit_code=ExitCode.USAGE,
        )
    return reported


def _no_ledger(settings: Settings) -> KeiroError:
    return KeiroError(
        "the work database has no ledger yet",
        where=settings.warehouse.name,
        remedy="run `keiro run` first",
        exit_code=ExitCode.USAGE,
    )


def _compared(
    con: duckdb.DuckDBPyConnection, reported: Reported, wanted: Wanted
) -> tuple[list[dict[str, Any]], int]:
    """What was final then and differs now by more than rounding, and how many have no value now.

    Raises KeiroError where the ledger has no final value of what is wanted.
    """
    given = dict(zip(("metric", "grain", "scope"), wanted, strict=True))
    values = {**given, "known_at": reported.known_at}
    row = con.execute(
        f"{_FINALS} select count(*), count(*) filter (where today is null) from finals", values
    ).fetchone()
    finals, gone = row or (0, 0)
    if not finals:
        named = ", ".join(f"{name} {value!r}" for name, value in given.items() if value)
        raise KeiroError(
            f"the ledger knows no value that was final then of {named}",
            where="--metric, --grain, --scope",
            remedy="`keiro as-of DATE` shows what was known; grains are those of fct_kpi_values",
            exit_code=ExitCode.USAGE,
        )
    cursor = con.execute(
        f"{_FINALS} select * from finals where abs(today - reported)"
        " > 1e-9 * greatest(abs(today), abs(reported)) order by metric, grain, period_start",
        values,
    )
    names = [column[0] for column in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()], int(gone)


_FINALS = f"""
    with

    known as (
        select * from {LEDGER}
        where
            known_at <= $known_at
            and metric = coalesce($metric, metric)
            and grain = $grain
            and scope = $scope
        qualify row_number() over (
            partition by metric, grain, scope, period_start
            order by known_at desc
        ) = 1
    ),

    finals as (
        select
            known.metric, kpis.label_en, kpis.label_ja, known.unit, kpis.kind, known.grain,
            known.scope, known.period_start, known.period_end, known.value as reported,
            today.value as today
        from known
        left join kpi.fct_kpi_values as today using (metric, grain, scope, period_start)
        left join kpi.dim_kpis as kpis using (metric)
        where known.status = 'final' and known.value is not null
    )
"""


Step = Callable[[dict[str, Any]], float | None]


def _steps(run: Run, folder: Path, objects: Any, reported: Reported) -> list[Step]:
    """For each stage a look-up of its values; a stage that adds no row is that before it."""
    # The file's stem is the database's name in the models.
    scratch = folder / run.warehouse.name
    settings = run.settings.model_copy(
        update={"warehouse": scratch, "target_dir": folder / "target"}
    )
    project = DbtProject(settings, run.as_of)
    steps: list[Step] = []
    for stage in STAGES:
        added = write_stage(run.warehouse, scratch, objects, reported, stage)
        if steps and not added:
            steps.append(steps[-1])
            continue
        project.build(
            select=["+int_kpi_values_computed"],
            leave_out=("unit_test", "test"),
            on_node=run.reporter.advance,
        )
        steps.append(_values(scratch))
    return steps


def _values(scratch: Path) -> Step:
    with duckdb.connect(str(scratch), read_only=True) as con:
        rows = con.execute(
            f"select metric, grain, scope, period_start, value from {VALUES}"
        ).fetchall()
    found = {tuple(row[:4]): row[4] for row in rows}
    return lambda row: found.get((row["metric"], row["grain"], row["scope"], row["period_start"]))


def _explain(row: dict[str, Any], steps: list[Step]) -> None:
    """Fill in the causes. Where a ratio has no value in between, the next cause takes its part."""
    is_flow = row.pop("kind") in ("count", "amount")
    before = row["reported"]
    for cause, step in zip(CAUSES[:-1], steps, strict=True):
        value = step(row)
        if value is None:
            value = 0.0 if is_flow else before
        row[cause] = value - before
        before = value
    row[CAUSES[-1]] = row["today"] - before
