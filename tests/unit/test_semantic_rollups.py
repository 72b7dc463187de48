"""Longer periods of metrics that add up are the sums of their days, and of no others."""

import json
from pathlib import Path
from typing import Any

import duckdb
import pytest

from keiro.semantic.rollups import additive_metrics, rolled_up_sql


def metric(
    name: str, agg: str | None = "sum", kind: str = "simple", **params: Any
) -> dict[str, Any]:
    """A metric of the semantic manifest; `stock` is its non-additive dimension."""
    aggregation = {"agg": agg, "non_additive_dimension": params.pop("stock", None)} if agg else None
    return {
        "name": name,
        "type": kind,
        "type_params": {"metric_aggregation_params": aggregation, **params},
    }


@pytest.fixture
def manifest(tmp_path: Path) -> Path:
    """A semantic manifest with each kind of metric, and a time spine with a fiscal year."""
    spine = {
        "node_relation": {"relation_name": "days"},
        "primary_column": {"name": "day"},
        "custom_granularities": [{"name": "fiscal_year", "column_name": None}],
    }
    metrics = [
        metric("leads", "count"),
        metric("cost"),
        metric("flags", "sum_boolean"),
        metric("visitors", "count_distinct"),
        metric("cycle", "median"),
        metric("pipeline", stock={"name": "day", "window_choice": "max"}),
        metric("filled", fill_nulls_with=0),
        metric("spined", join_to_timespine=True),
        metric("rate", None, "ratio"),
        metric("velocity", None, "derived"),
    ]
    file = tmp_path / "semantic_manifest.json"
    file.write_text(
        json.dumps({"metrics": metrics, "project_configuration": {"time_spines": [spine]}})
    )
    return file


def test_only_sums_and_counts_add_up(manifest: Path) -> None:
    assert additive_metrics(manifest) == {"leads", "cost", "flags"}


@pytest.mark.parametrize(
    ("grain", "expected"),
    [
        (
            "week",
            [("2026-03-30", "all", 6.0), ("2026-04-06", "all", 4.0), ("2026-04-06", "x", 8.0)],
        ),
        (
            "month",
            [("2026-03-01", "all", 1.0), ("2026-04-01", "all", 9.0), ("2026-04-01", "x", 8.0)],
        ),
        ("fiscal_year", [("2025-04-01", "all", 1.0), ("2026-04-01", "all", 9.0)]),
    ],
)
def test_periods_sum_their_days(
    grain: str, expected: list[tuple[str, str, float]], manifest: Path
) -> None:
    """31 March ends a month and a fiscal year within a week; the spine ends before the day of x."""
    with duckdb.connect() as con:
        con.execute("""
            create table days as
            select
                day::date as day,
                if(day < '2026-04-01', '2025-04-01', '2026-04-01')::date as fiscal_year
            from generate_series(timestamp '2026-03-01', timestamp '2026-04-07', interval 1 day)
                as t(day);
            create table daily as
            from (values
                ('day', date '2026-03-31', 'all', 'leads', 1.0::double),
                ('day', '2026-04-01', 'all', 'leads', 5.0),
                ('day', '2026-04-07', 'all', 'leads', 4.0),
                ('day', '2026-04-08', 'x', 'leads', 8.0),
                ('day', '2026-04-01', 'all', 'cycle', 9.0)
            ) as t(grain, period_start, scope, metric, value)
        """)
        sql = rolled_up_sql(manifest, "daily", ["leads"], grain)
        rows = con.execute(
            f"select grain, period_start::varchar, scope, metric, value from ({sql}) order by all"
        ).fetchall()
    assert rows == [(grain, start, scope, "leads", value) for start, scope, value in expected]


def test_an_unknown_grain_is_named(manifest: Path) -> None:
    with pytest.raises(ValueError, match="fiscal_half"):
        rolled_up_sql(manifest, "daily", ["leads"], "fiscal_half")
