"""Both sides of identities, evaluated in DuckDB against values where a break is planted."""

from pathlib import Path
from typing import Any

import duckdb
import pytest

from keiro.semantic import load_kpis
from keiro.tree.graph import Tree, build_tree
from keiro.tree.identities import drivers_table, identities_sql
from tests.unit.metric_manifest import goal, metric, write_manifest


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    metrics = (
        goal(formula="deals * price"),
        metric("deals", meta={"formula": "new + renewed - lost"}),
        metric("price", meta={"unit": "JPY"}),
        *(metric(name) for name in ("new", "renewed", "lost")),
    )
    return build_tree(load_kpis(write_manifest(tmp_path, *metrics)))


def _evaluated(tree: Tree, rows: list[tuple[Any, ...]]) -> dict[tuple[str, str, str], Any]:
    with duckdb.connect() as con:
        con.execute(
            "create table kpi_values (metric varchar, period_start date, scope varchar, "
            "value double, status varchar)"
        )
        con.executemany("insert into kpi_values values (?, ?, ?, ?, ?)", rows)
        con.execute(
            "create view given as select *, 'month' as grain, period_start + 27 as period_end "
            "from kpi_values"
        )
        found = con.execute(
            "select metric, cast(period_start as varchar), scope, value, formula_value, tolerance, "
            f"is_insufficient from ({identities_sql(tree, 'given')})"
        ).fetchall()
    return {row[:3]: row[3:] for row in found}


def test_each_period_and_scope_is_evaluated(tree: Tree) -> None:
    rows = [
        ("goal", "2026-01-01", "all", 50.0, "final"),
        ("deals", "2026-01-01", "all", 10.0, "final"),
        ("price", "2026-01-01", "all", 5.0, "final"),
        ("new", "2026-01-01", "all", 1e9, "final"),
        ("renewed", "2026-01-01", "all", 12.0, "final"),
        ("lost", "2026-01-01", "all", 1e9 + 2, "final"),
        ("goal", "2026-01-01", "channel=paid", 20.0, "final"),
        ("deals", "2026-01-01", "channel=paid", 4.0, "final"),
        ("price", "2026-01-01", "channel=paid", 6.0, "insufficient"),
        ("goal", "2026-02-01", "all", 0.0, "final"),
        ("deals", "2026-02-01", "all", 0.0, "final"),
        ("price", "2026-02-01", "all", None, "insufficient"),
    ]
    found = _evaluated(tree, rows)
    assert found["goal", "2026-01-01", "all"] == (50.0, 50.0, pytest.approx(1e-7), False)
    # The rounding of a small difference of large numbers is that of the large ones.
    assert found["deals", "2026-01-01", "all"] == (10.0, 10.0, pytest.approx(2.0), False)
    assert found["goal", "2026-01-01", "channel=paid"][:2] == (20.0, 24.0)
    assert found["goal", "2026-01-01", "channel=paid"][3] is True
    assert found["goal", "2026-02-01", "all"] == (0.0, None, None, True)
    assert found["deals", "2026-01-01", "channel=paid"] == (4.0, None, None, False)
    assert len(found) == 6


def test_a_project_without_formulas_evaluates_nothing(tmp_path: Path) -> None:
    plain = build_tree(load_kpis(write_manifest(tmp_path, goal(), metric("leads"))))
    assert _evaluated(plain, [("goal", "2026-01-01", "all", 1.0, "final")]) == {}


def test_the_edges_are_listed_in_the_order_of_the_formula(tree: Tree) -> None:
    rows = drivers_table(tree).to_pylist()
    assert [(row["metric"], row["driver"], row["position"]) for row in rows] == [
        ("deals", "new", 0),
        ("deals", "renewed", 1),
        ("deals", "lost", 2),
        ("goal", "deals", 0),
        ("goal", "price", 1),
    ]
