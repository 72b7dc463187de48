"""What a check found, how a run's findings add up, and where they are kept."""

from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import TYPE_CHECKING, Literal

from keiro.checks.model import Cause, Layer, Severity

if TYPE_CHECKING:
    import duckdb

Status = Literal["passed", "failed", "errored"]
TABLE = "raw.keiro__check_results"


@dataclass(frozen=True)
class CheckResult:
    """One row of `raw.keiro__check_results`, its fields in the order of the columns.

    A check that passed or errored gives one row; one that failed gives one row for each thing
    that is wrong. `subject` names it, `observed` says what was seen, in words; the period is
    given where only a part of the data is concerned.
    """

    run_at: datetime
    as_of: date
    suite: str
    layer: Layer
    check_id: str
    subject: str
    metric: str | None
    scope: str | None
    period_start: date | None
    period_end: date | None
    status: Status
    severity: Severity
    cause: Cause | None
    owner: str
    observed: str | None
    detail_en: str | None
    detail_ja: str | None
    remedy_en: str | None
    remedy_ja: str | None
    unexpected_count: int | None
    element_count: int | None


@dataclass(frozen=True)
class Verdict:
    """A run's outcome, three separate things: may it be published, what forbids it, what crashed.

    `passed` is true when nothing critical failed and nothing errored. `critical` are failed
    checks of critical severity: the last published state stays. `errors` are checks that could
    not be judged: they withhold nothing by themselves, but the run must not look clean.
    """

    passed: bool
    critical: list[CheckResult]
    errors: list[CheckResult]


def verdict(results: list[CheckResult]) -> Verdict:
    """Add up the results of a run. No results at all is not a pass."""
    critical = [r for r in results if r.status == "failed" and r.severity == "critical"]
    errors = [r for r in results if r.status == "errored"]
    return Verdict(bool(results) and not critical and not errors, critical, errors)


def write_results(con: "duckdb.DuckDBPyConnection", results: list[CheckResult]) -> None:
    """Replace the table of check results by these, in one transaction."""
    names = [field.name for field in fields(CheckResult)]
    rows = [[getattr(result, name) for name in names] for result in results]
    marks = ", ".join("?" for _ in names)
    con.execute("begin transaction")
    try:
        con.execute(f"delete from {TABLE}")
        if rows:
            con.executemany(f"insert into {TABLE} ({', '.join(names)}) values ({marks})", rows)
        con.execute("commit")
    except BaseException:
        con.execute("rollback")
        raise
