"""Targets proposed below a goal: hand-computed, and consistent by construction."""

import numpy as np
import pytest

from keiro.goals.proposals import Known, propose, spread
from keiro.tree.formula import parse_formula

NO_MONTHS = np.zeros(0)


def known(
    kind: str, baseline: float | None, months: np.ndarray = NO_MONTHS, inflow: str | None = None
) -> Known:
    return Known(kind, baseline, "fiscal year 2025", months, inflow)


def test_ratios_stay_and_flows_take_the_growth() -> None:
    metrics = {
        "revenue": known("amount", 200e6),
        "deals": known("count", 100, inflow="opportunities"),
        "value": known("ratio", 2e6),
        "opportunities": known("count", 300),
    }
    found, unknown = propose("revenue", 260e6, metrics, {"revenue": parse_formula("deals * value")})
    targets = {item.metric: item.target for item in found}
    assert unknown == []
    assert targets == pytest.approx(
        {"revenue": 260e6, "deals": 130, "value": 2e6, "opportunities": 390}
    )
    assert [item.metric for item in found if item.is_kept] == ["value"]


def test_growth_is_spread_by_each_ones_own_history() -> None:
    """Quarters that double and halve move ten times as much as those that hardly do."""
    restless = np.repeat([100.0, 200.0, 100.0, 200.0, 100.0], 3)
    calm = np.repeat(100.0 * np.exp([0.0, np.log(2) / 10, 0.0, np.log(2) / 10, 0.0]), 3)
    metrics = {"a": known("count", 100, restless), "b": known("count", 100, calm)}
    values = spread(300.0, parse_formula("a + b"), metrics)
    assert sum(values.values()) == pytest.approx(300.0)
    assert np.log(values["a"] / 100) == pytest.approx(10 * np.log(values["b"] / 100))


def test_ratios_move_where_nothing_else_could() -> None:
    metrics = {"a": known("rate", 0.5), "b": known("rate", 0.2)}
    values = spread(0.225, parse_formula("a * b"), metrics)
    assert values["a"] * values["b"] == pytest.approx(0.225)
    assert values["a"] / 0.5 == pytest.approx(values["b"] / 0.2)


def test_what_divides_falls_where_the_whole_is_to_rise() -> None:
    metrics = {"cost": known("amount", 1000.0), "leads": known("count", 10)}
    values = spread(80.0, parse_formula("cost / leads"), metrics)
    assert values["cost"] / values["leads"] == pytest.approx(80.0)
    assert values["cost"] < 1000.0
    assert values["leads"] > 10


def test_metrics_without_a_past_are_named() -> None:
    metrics = {
        "revenue": known("amount", 200e6),
        "deals": known("count", None),
        "value": known("ratio", 2e6),
    }
    found, unknown = propose("revenue", 260e6, metrics, {"revenue": parse_formula("deals * value")})
    assert [item.metric for item in found] == ["revenue"]
    assert unknown == ["deals"]
