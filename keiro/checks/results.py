"""What a check found, and where it is kept."""

from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import TYPE_CHECKING, Literal

from keiro.checks.model import Cause, Layer, Severity
from keiro.transaction import transaction

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


def write_results(con: "duckdb.DuckDBPyConnection", results: list[CheckResult]) -> None:
    """Replace the table of check results by these, in one transaction."""
    names = [field.name for field in fields(CheckResult)]
    rows = [[getattr(result, name) for name in names] for result in results]
    marks = ", ".join("?" for _ in names)
    with transaction(con):
        con.execute(f"delete from {TABLE}")
        if rows:
            con.executemany(f"insert into {TABLE} ({', '.join(names)}) values ({marks})", rows)
