"""From an expectation's outcome to results that a person can act on."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

import duckdb

from keiro.checks.gx import with_as_of
from keiro.checks.model import PLACEHOLDERS, Check, Suite, Text
from keiro.checks.results import CheckResult
from keiro.masking import mask_values

# A suite that finds more wrong things than this has one cause, not that many.
MOST_FLAGS = 50
MOST_LETTERS = 300
FLAG_COLUMNS = PLACEHOLDERS - {"as_of", "table"}
COULD_NOT_RUN = Text(
    en="This check could not be judged: {observed}",
    ja="このチェックは判定できませんでした: {observed}",
)
MEND_CHECK = Text(
    en="Mend the check or the table that it reads; it says nothing about the data.",
    ja="チェックまたは参照先のテーブルを修正してください。データの良否は判定していません。",
)


@dataclass(frozen=True)
class Run:
    """What the results of one run share."""

    con: duckdb.DuckDBPyConnection
    as_of: date
    run_at: datetime


def passed(run: Run, suite: Suite, check: Check, result: dict[str, Any]) -> CheckResult:
    """The one result of a check that holds."""
    base = _base(run, suite, check)
    return replace(_counted(base, result), status="passed", cause=None)


def errored(run: Run, suite: Suite, check: Check, reason: str) -> CheckResult:
    """The one result of a check that could not be judged; no cause, since nothing was seen."""
    # Cut after masking: a value whose closing mark is cut off would not be recognised.
    observed = mask_values(reason)[:MOST_LETTERS] or "unknown error"
    base = replace(_base(run, suite, check), status="errored", observed=observed, cause=None)
    return _worded(base, check, COULD_NOT_RUN, MEND_CHECK)


def failed(run: Run, suite: Suite, check: Check, result: dict[str, Any]) -> list[CheckResult]:
    """One result for each row of `flag_sql` (else one in all) and each KPI that it breaks."""
    base = _counted(_base(run, suite, check), result)
    if check.expect == "unexpected_rows_expectation":
        base = replace(base, unexpected_count=result.get("observed_value"))
    if check.flag_query is None:
        return [_worded(r, check, check.detail, check.remedy) for r in _by_metric(base, check)]
    try:
        rows, total = _flag_rows(run, check, check.flag_query)
    except (duckdb.Error, ValueError) as error:
        whole = [_worded(r, check, check.detail, check.remedy) for r in _by_metric(base, check)]
        return [*whole, errored(run, suite, check, f"flag_sql: {error}")]
    flags = [replace(base, **row) for row in rows] or [base]
    worded = [
        _worded(r, check, check.detail, check.remedy)
        for flag in flags
        for r in ([flag] if flag.metric else _by_metric(flag, check))
    ]
    if total > MOST_FLAGS:
        worded.append(_rest(base, check, total - MOST_FLAGS))
    return worded


def _base(run: Run, suite: Suite, check: Check) -> CheckResult:
    return CheckResult(
        run_at=run.run_at,
        as_of=run.as_of,
        suite=suite.suite,
        layer=suite.layer,
        check_id=check.id,
        subject=check.table,
        metric=None,
        scope=None,
        period_start=None,
        period_end=None,
        status="failed",
        severity=check.severity,
        cause=check.cause,
        owner=check.owner,
        observed=None,
        detail_en=None,
        detail_ja=None,
        remedy_en=None,
        remedy_ja=None,
        unexpected_count=None,
        element_count=None,
    )


def _counted(base: CheckResult, result: dict[str, Any]) -> CheckResult:
    """With what was seen, in numbers: counts of rows, or the one value of an aggregate."""
    unexpected, elements = result.get("unexpected_count"), result.get("element_count")
    observed = None if unexpected is None else f"{unexpected} of {elements} rows"
    if result.get("observed_value") is not None:
        observed = str(result["observed_value"])
    return replace(base, observed=observed, unexpected_count=unexpected, element_count=elements)


def _by_metric(result: CheckResult, check: Check) -> list[CheckResult]:
    return [replace(result, metric=metric) for metric in check.metrics] or [result]


def _flag_rows(run: Run, check: Check, query: str) -> tuple[list[dict[str, Any]], int]:
    """The first rows of the query as columns of a result, and how many rows there are."""
    sql = with_as_of(query, run.as_of).replace("{batch}", check.table)
    cursor = run.con.execute(
        f"select *, count(*) over () as keiro_total from ({sql}) limit {MOST_FLAGS}"
    )
    names = [column[0] for column in cursor.description or []]
    unknown = set(names) - FLAG_COLUMNS - {"keiro_total"}
    if unknown:
        raise ValueError(f"the column {sorted(unknown)[0]} is none of {sorted(FLAG_COLUMNS)}")
    rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    total = rows[0]["keiro_total"] if rows else 0
    return [{k: v for k, v in _typed(row).items() if v is not None} for row in rows], total


def _typed(row: dict[str, Any]) -> dict[str, Any]:
    row.pop("keiro_total")
    for name in ("period_start", "period_end"):
        if isinstance(row.get(name), datetime):
            row[name] = row[name].date()
    for name in ("subject", "metric", "scope", "observed"):
        if row.get(name) is not None:
            row[name] = str(row[name])
    for name in ("unexpected_count", "element_count"):
        if row.get(name) is not None:
            row[name] = int(row[name])
    return row


def _rest(base: CheckResult, check: Check, count: int) -> CheckResult:
    more = Text(
        en=f"There are {count} more findings of this check, which are not listed one by one.",
        ja=f"このチェックの指摘は他に{count}件ありますが、個別には表示していません。",
    )
    return _worded(base, check, more, check.remedy)


def _worded(result: CheckResult, check: Check, detail: Text, remedy: Text) -> CheckResult:
    values = {
        name: "–" if getattr(result, name) is None else getattr(result, name)
        for name in (*FLAG_COLUMNS, "as_of")
    } | {"table": check.table}
    return replace(
        result,
        detail_en=detail.en.format_map(values),
        detail_ja=detail.ja.format_map(values),
        remedy_en=remedy.en.format_map(values),
        remedy_ja=remedy.ja.format_map(values),
    )
