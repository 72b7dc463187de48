"""Intervals of contributions against a bootstrap done case by case, and against what is true."""

from typing import Any

import numpy as np
import pytest

from keiro.tree.draws import DRAWS, Draws
from keiro.tree.panel import Panel, read_measures
from keiro.tree.table import Inputs, contributions_table
from tests.unit.tree_world import inputs, month, quotient, value

AMOUNTS = {"2026-01": [3.0, 5.0, 5.0, 9.0, 14.0, 30.0], "2026-02": [4.0, 4.0, 8.0, 21.0]}


def _draws(given: Inputs) -> tuple[Panel, Draws]:
    panel = Panel("month", given.kpi_values, given.as_of)
    return panel, Draws(panel, read_measures(given.kpis.to_pylist()), given.samples)


def _sample(group: int, period: str, metric: str, of: float, cases: int) -> dict[str, Any]:
    return {
        "semantic_model": "opportunities",
        "group_id": group,
        "month": month(period),
        "channel": "paid" if group % 2 else None,
        "cases": cases,
        "metric": metric,
        "value": of,
    }


@pytest.fixture(scope="module")
def deals() -> Inputs:
    """Deals of two months with their amounts, equal amounts in one group."""
    values, samples = [], []
    group = 0
    for period, amounts in AMOUNTS.items():
        values += [
            value("won_revenue", period, sum(amounts)),
            value("deals", period, len(amounts)),
            value("price", period, sum(amounts) / len(amounts)),
        ]
        for amount in sorted(set(amounts)):
            cases = amounts.count(amount)
            samples.append(_sample(group, period, "won_revenue", amount, cases))
            samples.append(_sample(group, period, "deals", 1.0, cases))
            group += 1
    return inputs(values, metrics=("won_revenue",), samples=samples)


def test_amounts_are_drawn_with_the_weights_of_their_deals(deals: Inputs) -> None:
    """The answer key draws a Poisson weight for each deal by itself, one deal after another."""
    panel, draws = _draws(deals)
    drawn = draws.values(["won_revenue", "deals", "price"])
    rng = np.random.default_rng(5)
    for number, amounts in enumerate(AMOUNTS.values()):
        revenue, count = np.zeros(20_000), np.zeros(20_000)
        for amount in amounts:
            weight = rng.poisson(1.0, 20_000)
            revenue, count = revenue + weight * amount, count + weight
        ours = [drawn[name][number, panel.scopes.index("all")] for name in ("won_revenue", "deals")]
        for mine, key in zip(ours, (revenue, count), strict=True):
            error = key.std() / np.sqrt(DRAWS)
            assert abs(mine.mean() - key.mean()) < 4 * error
            assert mine.std() == pytest.approx(key.std(), rel=0.15)
        mine, key = (np.corrcoef(*pair)[0, 1] for pair in (ours, (revenue, count)))
        assert mine == pytest.approx(key, abs=0.08)
        known = ours[1] > 0
        price = drawn["price"][number, panel.scopes.index("all")]
        assert price[known] == pytest.approx(ours[0][known] / ours[1][known])
        assert np.isnan(price[~known]).all()


def test_the_numerator_of_a_share_is_part_of_its_denominator() -> None:
    """30 of 100: a share's draws spread as a binomial share does, and never pass 1."""
    values = [
        quotient("share", "2026-01", 30, 100),
        value("converted", "2026-01", 30),
        value("entered", "2026-01", 100),
    ]
    _, draws = _draws(inputs(values, metrics=("share",)))
    drawn = draws.values(["share"])
    assert np.all(drawn["converted"] <= drawn["entered"])
    assert drawn["share"].mean() == pytest.approx(0.3, abs=4 * 0.0458 / np.sqrt(DRAWS))
    assert drawn["share"].std() == pytest.approx(np.sqrt(0.3 * 0.7 / 100), rel=0.15)


def test_the_whole_is_drawn_as_the_sum_of_its_scopes() -> None:
    values = [
        value("deals", "2026-01", 100),
        value("deals", "2026-01", 60, scope="channel=paid"),
        value("deals", "2026-01", 30, scope="channel=mail"),
    ]
    panel, draws = _draws(inputs(values, metrics=("deals",)))
    drawn = draws.values(["deals"])["deals"][0]
    whole, mail, paid = (
        drawn[panel.scopes.index(s)] for s in ("all", "channel=mail", "channel=paid")
    )
    rest = whole - mail - paid
    assert rest.min() >= 0
    assert rest.mean() == pytest.approx(10, abs=4 * np.sqrt(10 / DRAWS))


def test_draws_are_the_same_whatever_else_is_drawn(deals: Inputs) -> None:
    _, first = _draws(deals)
    _, second = _draws(deals)
    second.values(["deals"])
    names = ["won_revenue", "price"]
    pairs = zip(first.values(names).values(), second.values(names[::-1]).values(), strict=False)
    for one, other in pairs:
        assert one.shape == other.shape
    assert np.array_equal(first.values(names)["price"], second.values(names)["price"], True)


def test_what_has_no_cases_has_no_interval() -> None:
    values = [value("won_revenue", period, 10.0) for period in AMOUNTS]
    values += [{**row, "scope": "channel=paid"} for row in values]
    rows = contributions_table(inputs(values, metrics=("won_revenue",))).to_pylist()
    assert rows
    assert {row["lower"] for row in rows} == {None}
    assert {row["change_lower"] for row in rows} == {None}


@pytest.mark.parametrize(("growth", "least", "most"), [(1.0, 0.015, 0.09), (1.6, 0.76, 0.88)])
def test_intervals_leave_zero_out_as_often_as_they_say(
    growth: float, least: float, most: float
) -> None:
    """400 channels of some 60 deals. Without a change 5 % of intervals leave zero out. Growth by
    60 % is 36 deals, 2.88 standard errors (the root of 60 + 96), which 1.96 leaves in 82 % of the
    cases. The bounds are three standard errors of 400 tries."""
    rng = np.random.default_rng(8)
    before, after = rng.poisson(60, 400), rng.poisson(60 * growth, 400)
    values = []
    for period, counts in (("2026-01", before), ("2026-02", after)):
        values.append(value("deals", period, int(counts.sum())))
        values += [
            value("deals", period, int(count), scope=f"channel={number}")
            for number, count in enumerate(counts)
        ]
    rows = contributions_table(inputs(values, metrics=("deals",))).to_pylist()
    assert len(rows) == 400
    found = np.mean([row["lower"] > 0 or row["upper"] < 0 for row in rows])
    assert least <= found <= most
