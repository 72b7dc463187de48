"""Published tables of a small company, written by hand, for tests of contributions."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

import pyarrow as pa

from keiro.tree.table import Inputs

KPI = pa.schema(
    [
        *((name, pa.string()) for name in ("metric", "unit", "kind")),
        ("numerator_metric", pa.string()),
        ("denominator_metric", pa.string()),
        ("range_max", pa.float64()),
        ("identity_formula", pa.string()),
    ]
)
VALUE = pa.schema(
    [
        *((name, pa.string()) for name in ("metric", "grain", "scope")),
        ("period_start", pa.date32()),
        ("period_end", pa.date32()),
        *((name, pa.float64()) for name in ("value", "numerator", "denominator")),
        ("n", pa.int64()),
        ("status", pa.string()),
        ("trust", pa.string()),
    ]
)
TARGET = pa.schema(
    [
        *((name, pa.string()) for name in ("metric", "grain", "scope")),
        ("period_start", pa.date32()),
        ("target", pa.float64()),
        ("expected_share", pa.float64()),
    ]
)
SAMPLE = pa.schema(
    [
        ("semantic_model", pa.string()),
        ("group_id", pa.int64()),
        ("month", pa.date32()),
        ("channel", pa.string()),
        ("cases", pa.int64()),
        ("metric", pa.string()),
        ("value", pa.float64()),
    ]
)
COHORT = pa.schema(
    [
        ("cohort_month", pa.date32()),
        ("channel", pa.string()),
        ("won_month", pa.date32()),
        ("amount", pa.float64()),
        ("chance_to_win", pa.float64()),
        ("opportunities", pa.int64()),
    ]
)
KPIS = (
    {"metric": "won_revenue", "unit": "JPY", "kind": "amount", "identity_formula": "deals * price"},
    {"metric": "deals", "unit": "count", "kind": "count"},
    {
        "metric": "price",
        "unit": "JPY",
        "kind": "ratio",
        "numerator_metric": "won_revenue",
        "denominator_metric": "deals",
    },
    {"metric": "converted", "unit": "count", "kind": "count"},
    {"metric": "entered", "unit": "count", "kind": "count"},
    {
        "metric": "share",
        "unit": "ratio",
        "kind": "rate",
        "numerator_metric": "converted",
        "denominator_metric": "entered",
        "range_max": 1.0,
    },
)
LAST = {1: 31, 2: 28, 3: 31, 4: 30, 5: 31, 6: 30, 7: 31, 8: 31, 9: 30, 10: 31, 11: 30, 12: 31}


def month(text: str) -> date:
    """The first day of a month, from YYYY-MM."""
    return date.fromisoformat(f"{text}-01")


def value(metric: str, period: str, number: float | None, **more: Any) -> dict[str, Any]:
    """A row of kpi.fct_kpi_values of a month."""
    start = month(period)
    row = {
        "metric": metric,
        "grain": "month",
        "scope": "all",
        "period_start": start,
        "period_end": start.replace(day=LAST[start.month]),
        "value": number,
        "n": None if number is None else round(number),
        "status": "final",
        "trust": "ok",
    }
    return row | more


def quotient(metric: str, period: str, above: float, below: float, **more: Any) -> dict[str, Any]:
    """The same of a quotient."""
    number = above / below if below else None
    parts = {"numerator": above, "denominator": below, "n": round(below)}
    return value(metric, period, number, **(parts | more))


def inputs(
    values: Iterable[Mapping[str, Any]],
    *,
    metrics: tuple[str, ...],
    kpis: Iterable[Mapping[str, Any]] = KPIS,
    targets: Iterable[Mapping[str, Any]] = (),
    samples: Iterable[Mapping[str, Any]] = (),
    cohorts: Iterable[Mapping[str, Any]] = (),
    as_of: str = "2026-12-31",
) -> Inputs:
    """The tables, with nulls where rows give nothing."""
    return Inputs(
        kpi_values=_table(values, VALUE),
        kpis=_table(kpis, KPI),
        targets=_table(targets, TARGET),
        samples=_table(samples, SAMPLE),
        cohorts=_table(cohorts, COHORT),
        metrics=metrics,
        as_of=date.fromisoformat(as_of),
    )


def _table(rows: Iterable[Mapping[str, Any]], schema: pa.Schema) -> pa.Table:
    return pa.Table.from_pylist([dict(row) for row in rows], schema=schema)
