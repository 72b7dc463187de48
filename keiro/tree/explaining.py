"""Why a metric changed: its contributions between two periods, read or computed, and checked."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from keiro.errors import ExitCode, KeiroError
from keiro.publish import Publication
from keiro.tree.panel import STATUSES, TRUSTS
from keiro.tree.reading import Row, check_metric, check_scope, fetch, open_published
from keiro.tree.table import Inputs, contributions_between

# Below this share of what moved, the change is near zero and shares of it say nothing.
NEAR_ZERO = 0.1
STORED = """
    select * from kpi.fct_kpi_contributions
    where
        metric = $metric and grain = $grain and scope = $scope and to_period = $after
        and case when $before is null then comparison = 'target'
            else comparison != 'target' and from_period = $before end
    qualify comparison = min(comparison) over ()
"""

CHANNELS = "select 'channel=' || channel as scope, label_en, label_ja from funnel.dim_channels"


@dataclass(frozen=True)
class Question:
    """What is asked: a metric, the first days of two periods of a grain, and a scope.

    Without a period before, the metric is compared with its target.
    """

    metric: str
    grain: str
    scope: str
    before: date | None
    after: date


@dataclass(frozen=True)
class Explanation:
    """The change of a metric and its contributions, largest first within each way of splitting up.

    `labels` are label_en and label_ja by metric and by scope. `change` has from_value, to_value,
    change, change_lower, change_upper, status and trust.
    """

    publication: Publication
    question: Question
    kpi: Row
    labels: dict[str, Row]
    change: Row
    contributions: list[Row]


def explain(published_dir: Path, question: Question) -> Explanation:
    """Explain a change. Raises KeiroError on what is not known or has no value."""
    publication, con = open_published(published_dir)
    with con:
        check_metric(con, question.metric)
        check_scope(con, question.scope)
        change = _change(con, question)
        rows = _stored(con, question) or _computed(con, question, publication)
        kpis = {
            row["metric"]: row for row in fetch(con, "select * from kpi.dim_kpis order by metric")
        }
        channels = fetch(con, CHANNELS)
    if rows:
        change |= {key: rows[0][key] for key in ("change_lower", "change_upper")}
        change["status"] = max((row["status"] for row in rows), key=STATUSES.index)
        change["trust"] = max((row["trust"] for row in rows), key=TRUSTS.index)
    return Explanation(
        publication=publication,
        question=question,
        kpi=kpis[question.metric],
        labels=kpis | {row["scope"]: row for row in channels},
        change=change,
        contributions=_ordered(rows),
    )


def parse_period(text: str, option: str) -> date:
    """The first day of a period from YYYY-MM or YYYY-MM-DD."""
    try:
        return date.fromisoformat(text if len(text) > len("YYYY-MM") else f"{text}-01")
    except ValueError as error:
        raise KeiroError(
            f"{text!r} is no period",
            where=option,
            remedy="write the month in which it begins, as 2026-04",
            exit_code=ExitCode.USAGE,
        ) from error


def _change(con: duckdb.DuckDBPyConnection, question: Question) -> Row:
    """The values of both periods."""
    after = _value(con, question, question.after, "--to")
    before = (
        _target(con, question)
        if question.before is None
        else _value(con, question, question.before, "--from")
    )
    return {
        "from_value": before["value"],
        "to_value": after["value"],
        "change": after["value"] - before["value"],
        "change_lower": None,
        "change_upper": None,
        "status": max(before["status"], after["status"], key=STATUSES.index),
        "trust": max(before["trust"], after["trust"], key=TRUSTS.index),
    }


def _value(con: duckdb.DuckDBPyConnection, question: Question, start: date, option: str) -> Row:
    asked: dict[str, Any] = {
        "metric": question.metric,
        "grain": question.grain,
        "scope": question.scope,
    }
    where = "metric = $metric and grain = $grain and scope = $scope"
    found = fetch(
        con,
        f"select * from kpi.fct_kpi_values where {where} and period_start = $start",
        {**asked, "start": start},
    )
    if not found:
        known = con.execute(
            f"select min(period_start), max(period_start) from kpi.fct_kpi_values where {where}",
            asked,
        ).fetchone()
        first, last = known or (None, None)
        raise KeiroError(
            f"no {question.grain} of {question.metric} ({question.scope}) begins on {start}",
            where=option,
            remedy=f"the first begins on {first}, the last on {last}"
            if first
            else "it has no value of this grain in this scope",
            exit_code=ExitCode.USAGE,
        )
    row = found[0]
    if row["value"] is None:
        withheld = row["trust"] == "withheld"
        raise KeiroError(
            f"{question.metric} ({question.scope}) {'is withheld' if withheld else 'has no value'}"
            f" in the {question.grain} from {start}",
            where=option,
            remedy=f"see flag {row['withheld_by_flag_id']} in kpi.fct_kpi_flags"
            if withheld
            else "there were no cases to divide by; name another period or a longer grain",
            exit_code=ExitCode.USAGE,
        )
    return row


def _target(con: duckdb.DuckDBPyConnection, question: Question) -> Row:
    found = fetch(
        con,
        """
        select target * coalesce(expected_share, 1) as value, 'final' as status, 'ok' as trust
        from kpi.fct_kpi_status
        where metric = $metric and grain = $grain and scope = $scope and period_start = $start
        """,
        {
            "metric": question.metric,
            "grain": question.grain,
            "scope": question.scope,
            "start": question.after,
        },
    )
    if not found or found[0]["value"] is None:
        raise KeiroError(
            f"{question.metric} ({question.scope}) has no target for the {question.grain} from "
            f"{question.after}",
            where="--to",
            remedy="name a period before with --from, or a grain that has a target with --grain",
            exit_code=ExitCode.USAGE,
        )
    return found[0]


def _stored(con: duckdb.DuckDBPyConnection, question: Question) -> list[Row]:
    return fetch(con, STORED, vars(question))


def _computed(
    con: duckdb.DuckDBPyConnection, question: Question, publication: Publication
) -> list[Row]:
    """Contributions between periods that no comparison of the table has."""
    if question.before is None:
        return []
    values = {"grain": question.grain, "before": question.before, "after": question.after}
    inputs = Inputs(
        kpi_values=con.sql(
            "from kpi.fct_kpi_values where grain = $grain and period_start in ($before, $after)",
            params=values,
        ).to_arrow_table(),
        kpis=con.sql("from kpi.dim_kpis").to_arrow_table(),
        targets=con.sql("from kpi.fct_kpi_status").to_arrow_table(),
        samples=con.sql("from kpi.fct_kpi_samples order by all").to_arrow_table(),
        cohorts=con.sql("from kpi.fct_kpi_won_cohorts order by all").to_arrow_table(),
        metrics=(question.metric,),
        as_of=date.fromisoformat(str(publication.manifest["as_of"])),
    )
    table = contributions_between(inputs, question.grain, question.before, question.after)
    rows: list[Row] = table.to_pylist()
    return [_judged(row, rows) for row in rows if row["scope"] == question.scope]


def _judged(row: Row, rows: list[Row]) -> Row:
    """The columns that the table adds in SQL."""
    moved = sum(
        abs(other["contribution"])
        for other in rows
        if (other["decomposition"], other["scope"]) == (row["decomposition"], row["scope"])
    )
    is_large = row["change"] != 0 and abs(row["change"]) >= NEAR_ZERO * moved
    lower, upper = row["lower"], row["upper"]
    return row | {
        "share_of_change": row["contribution"] / row["change"] if is_large else None,
        "is_distinguishable": None if lower is None else lower > 0 or upper < 0,
    }


def _ordered(rows: list[Row]) -> list[Row]:
    order = ("identity", "cohorts", "segments")
    return sorted(
        rows,
        key=lambda row: (
            order.index(row["decomposition"]),
            -abs(row["contribution"]),
            row["driver"],
            row["effect"],
        ),
    )
