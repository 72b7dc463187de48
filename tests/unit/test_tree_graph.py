"""The tree of metric YAML: edges, order, faults, and what is passed over."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from keiro.errors import KeiroError
from keiro.semantic import load_kpis
from keiro.tree.graph import Edge, Tree, build_tree
from tests.unit.metric_manifest import goal, metric, write_manifest

PRICE = metric("price", meta={"unit": "JPY"})
DEALS = metric("deals")


def _tree(folder: Path, *metrics: dict[str, Any], **more: Any) -> Tree:
    return build_tree(load_kpis(write_manifest(folder, *metrics, **more)))


def _refused(folder: Path, *metrics: dict[str, Any]) -> str:
    with pytest.raises(KeiroError) as caught:
        load_kpis(write_manifest(folder, *metrics))
    return str(caught.value)


def test_formula_drivers_and_parents_make_the_edges(tmp_path: Path) -> None:
    belief = {
        "metric": "seminars",
        "kind": "hypothesis",
        "evidence": "two talks",
        "owner": "someone else",
        "review_date": "2026-12-31",
    }
    lagged = {"metric": "leads", "kind": "lagged", "lag_days": 30}
    watch = {"metric": "refunds", "kind": "guardrail"}
    tree = _tree(
        tmp_path,
        goal(formula="deals * price", drivers=[watch, belief]),
        metric("deals", meta={"drivers": [lagged]}),
        PRICE,
        metric("leads"),
        metric("seminars"),
        metric("refunds"),
        metric("cost", meta={"role": "guardrail", "parent": "leads"}),
        metric("visits", meta={"parent": "leads"}),
    )
    assert tree.root == "goal"
    assert tree.below("goal") == (
        Edge("goal", "deals", "identity", owner="someone"),
        Edge("goal", "price", "identity", owner="someone"),
        Edge(
            "goal",
            "seminars",
            "hypothesis",
            evidence="two talks",
            owner="someone else",
            review_date=date(2026, 12, 31),
        ),
        Edge("goal", "refunds", "guardrail", owner="someone"),
    )
    # `leads` stands where it is declared; its parent `goal` is not stated twice.
    assert tree.below("deals") == (Edge("deals", "leads", "lagged", lag_days=30, owner="someone"),)
    assert [(e.driver, e.kind, e.is_declared) for e in tree.below("leads")] == [
        ("visits", "hypothesis", False),
        ("cost", "guardrail", False),
    ]
    assert [(depth, name) for depth, _, name in tree.walk()] == [
        (0, "goal"),
        (1, "deals"),
        (2, "leads"),
        (3, "visits"),
        (3, "cost"),
        (1, "price"),
        (1, "seminars"),
        (1, "refunds"),
    ]


def test_metrics_without_formula_and_drivers_stand_below_their_parent(tmp_path: Path) -> None:
    """A project that was written before the tree goes on as it was."""
    tree = _tree(tmp_path, goal(), metric("leads"), metric("mqls", meta={"parent": "leads"}))
    assert [name for _, _, name in tree.walk()] == ["goal", "leads", "mqls"]
    assert tree.identities == {}


def test_identities_are_evaluated_from_below(tmp_path: Path) -> None:
    tree = _tree(
        tmp_path,
        goal(formula="deals * price"),
        PRICE,
        metric("deals", meta={"formula": "new + renewed"}),
        metric("new"),
        metric("renewed"),
    )
    assert tree.evaluation_order() == ("deals", "goal")


@pytest.mark.parametrize(
    ("meta", "said"),
    [
        ({"formula": "deals * prize"}, "there is no metric 'prize'"),
        ({"formula": "deals * share"}, "it gives a plain number, and the metric's unit is JPY"),
        ({"formula": "price * price"}, "it gives JPY^2, and the metric's unit is JPY"),
        ({"formula": "deals + price"}, "it adds or subtracts a plain number and JPY"),
        ({"formula": "goal * share"}, "it names the metric itself"),
        ({"formula": "max(price, deals)"}, "'max(price, deals)' is not allowed"),
        ({"formula": ""}, "config.meta.formula"),
        ({"drivers": [{"metric": "leeds", "kind": "guardrail"}]}, "unknown metric 'leeds'"),
        ({"drivers": [{"metric": "goal", "kind": "guardrail"}]}, "'goal' is the metric itself"),
        ({"drivers": [{"metric": "deals", "kind": "identity"}]}, "is not in the formula"),
        (
            {"formula": "deals * price", "drivers": [{"metric": "deals", "kind": "guardrail"}]},
            "its kind is identity",
        ),
        ({"drivers": [{"metric": "deals", "kind": "guardrail"}] * 2}, "stands there twice"),
        ({"drivers": [{"metric": "deals", "kind": "cause"}]}, "config.meta.drivers.0.kind"),
        ({"drivers": [{"metric": "deals", "kind": "lagged"}]}, "needs lag_days"),
        (
            {"drivers": [{"metric": "deals", "kind": "hypothesis", "evidence": "x"}]},
            "needs owner and review_date",
        ),
        (
            {"drivers": [{"metric": "deals", "kind": "lagged", "lag_days": -1}]},
            "config.meta.drivers.0.lag_days",
        ),
    ],
)
def test_a_fault_names_file_and_metric(meta: dict[str, Any], said: str, tmp_path: Path) -> None:
    share = metric("share", meta={"unit": "ratio"})
    message = _refused(tmp_path, goal(**meta), DEALS, PRICE, share)
    assert said in message
    assert "metrics/goal.yml: metric goal: " in message


def test_a_circle_of_drivers_is_refused_with_its_way(tmp_path: Path) -> None:
    lagged = [{"metric": "leads", "kind": "lagged", "lag_days": 5}]
    message = _refused(
        tmp_path,
        goal(formula="deals * price"),
        PRICE,
        metric("deals", meta={"drivers": lagged}),
        metric("leads", meta={"formula": "deals + cold"}),
        metric("cold"),
    )
    assert "metrics/deals.yml: metric deals: it drives itself: deals <- leads <- deals" in message


def test_a_guardrail_closes_no_circle(tmp_path: Path) -> None:
    """Cost per lead watches over leads, and is cost / leads."""
    guard = [{"metric": "cost_per_lead", "kind": "guardrail"}]
    tree = _tree(
        tmp_path,
        goal(),
        metric("leads", meta={"drivers": guard}),
        metric("cost", meta={"unit": "JPY"}),
        metric("cost_per_lead", meta={"unit": "JPY", "formula": "cost / leads"}),
    )
    assert [edge.driver for edge in tree.below("cost_per_lead")] == ["cost", "leads"]


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    message = _refused(
        tmp_path, goal(formula="nothing * 2"), metric("leads", meta={"formula": "leads / 2"})
    )
    assert "metric goal" in message
    assert "metric leads" in message


def test_a_formula_with_a_metric_that_is_off_is_passed_over(tmp_path: Path) -> None:
    drivers = [
        {"metric": "deals", "kind": "identity"},
        {"metric": "leads", "kind": "lagged", "lag_days": 5},
        {"metric": "price", "kind": "identity"},
    ]
    kgi = goal(formula="deals * price", drivers=drivers)
    tree = _tree(tmp_path, kgi, PRICE, metric("leads"), disabled=(DEALS,))
    assert tree.identities == {}
    assert [(edge.driver, edge.kind) for edge in tree.below("goal")] == [
        ("leads", "lagged"),
        ("price", "hypothesis"),
    ]


def test_what_a_file_that_is_taken_in_part_names_may_be_missing(tmp_path: Path) -> None:
    """A project that takes one metric of a file of Keiro need not have what the others name."""
    drivers = [{"metric": "elsewhere", "kind": "guardrail"}]
    meta = {"formula": "elsewhere * 2", "drivers": drivers}
    taken = metric("deals", meta=meta, original_file_path="models/fct.yml")
    off = metric("lost", original_file_path="models/fct.yml")
    tree = _tree(tmp_path, goal(), taken, disabled=(off,))
    assert tree.below("deals") == ()
    assert "there is no metric 'elsewhere'" in _refused(tmp_path, goal(), taken)
