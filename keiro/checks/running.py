"""Runs suites: one validation for each table, then one result for each thing that is wrong."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb

from keiro.checks import gx
from keiro.checks.findings import Run, errored, failed, passed
from keiro.checks.kpis import kpi_suite
from keiro.checks.model import Check, KpiRange, Suite
from keiro.checks.results import CheckResult
from keiro.errors import ExitCode, KeiroError
from keiro.text_functions import register_text_functions

Progress = Callable[[int, int, str], None]
Planned = tuple[Suite, Check]


def run_suites(
    warehouse: Path,
    suites: list[Suite],
    kpis: list[KpiRange],
    *,
    as_of: date,
    progress: Progress | None = None,
) -> list[CheckResult]:
    """Run all checks on the warehouse, which is opened read-only; results in the suites' order.

    `progress(done, of, table)` is called before each table. A check that crashes (a table or
    column that is missing, a wrong argument) is a result of its own and stops no other. A check
    that speaks only of metrics which the project does not have is left out. Raises KeiroError
    when the warehouse is absent or held by a writer.
    """
    generated = kpi_suite(kpis)
    known = {kpi.metric for kpi in kpis}
    planned = [
        (suite, check)
        for suite in [*suites, *([generated] if generated else [])]
        for check in suite.checks
        if not check.metrics or known.intersection(check.metrics)
    ]
    if not planned:
        return []
    with _reader(warehouse) as con:
        run = Run(con=con, as_of=as_of, run_at=datetime.now(UTC))
        by_table: dict[str, dict[str, Planned]] = {}
        for suite, check in planned:
            by_table.setdefault(check.table, {})[f"{suite.suite}/{check.id}"] = (suite, check)
        found: dict[str, list[CheckResult]] = {}
        with gx.datasource(warehouse) as source:
            for done, (table, checks) in enumerate(by_table.items()):
                if progress:
                    progress(done, len(by_table), table)
                found |= _run_table(run, source, table, checks)
        if progress:
            progress(len(by_table), len(by_table), "")
        return [r for suite, check in planned for r in found[f"{suite.suite}/{check.id}"]]


def _reader(warehouse: Path) -> duckdb.DuckDBPyConnection:
    if not warehouse.exists():
        raise KeiroError(
            "there is no warehouse to check",
            where=str(warehouse),
            remedy="run `keiro run`, which loads and builds it first",
            exit_code=ExitCode.USAGE,
        )
    try:
        con = duckdb.connect(str(warehouse.resolve()), read_only=True)
    except duckdb.Error as error:
        raise KeiroError(
            f"the warehouse cannot be opened for reading: {str(error).splitlines()[0]}",
            where=str(warehouse),
            remedy="wait for the run that writes it, or close the program that holds it open",
            exit_code=ExitCode.BUSY,
        ) from error
    con.execute("set timezone = 'UTC'")
    register_text_functions(con)
    return con


def _run_table(
    run: Run, source: Any, table: str, checks: dict[str, Planned]
) -> dict[str, list[CheckResult]]:
    missing = _missing(run.con, table)
    if missing:
        return {key: [errored(run, *planned, missing)] for key, planned in checks.items()}
    found: dict[str, list[CheckResult]] = {}
    expectations = []
    for key, (suite, check) in checks.items():
        try:
            expectations.append(gx.expectation(check, run.as_of, key))
        except Exception as error:
            found[key] = [errored(run, suite, check, f"wrong kwargs: {error}")]
    try:
        outcomes = gx.validate(source, table, expectations) if expectations else {}
    except Exception as error:  # a crash must not look like a verdict
        outcomes = {}
        reason = f"{type(error).__name__}: {error}"
    else:
        reason = "the expectation library gave no result"
    for key, (suite, check) in checks.items():
        if key not in found:
            found[key] = _judge(run, suite, check, outcomes.get(key), reason)
    return found


def _judge(run: Run, suite: Suite, check: Check, outcome: Any, reason: str) -> list[CheckResult]:
    if outcome is None:
        return [errored(run, suite, check, reason)]
    crash = gx.exception_text(outcome)
    if crash is not None:
        return [errored(run, suite, check, crash)]
    if outcome.success:
        return [passed(run, suite, check, outcome.result)]
    return failed(run, suite, check, outcome.result)


def _missing(con: duckdb.DuckDBPyConnection, table: str) -> str | None:
    """Why the table cannot be checked, None when it is there."""
    from difflib import get_close_matches

    known = con.execute(
        "select table_schema || '.' || table_name from information_schema.tables"
    ).fetchall()
    names = sorted(name for (name,) in known)
    if table.lower() in {name.lower() for name in names}:
        return None
    close = get_close_matches(table, names, n=1)
    return f"there is no table {table}" + (f", did you mean {close[0]}?" if close else "")
