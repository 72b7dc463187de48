"""The table of contributions: which periods are compared, what adds up, what is left out."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from keiro.tree.contributions import bounds
from keiro.tree.panel import Comparison
from keiro.tree.table import contributions_between, contributions_table
from tests.unit.tree_world import inputs, month, quotient, value


def _revenue(period: str, deals: float, price: float | None, **more: Any) -> list[dict[str, Any]]:
    return [
        value("won_revenue", period, deals * (price or 0), **more),
        value("deals", period, deals, **more),
        value("price", period, price, **more),
    ]


def _rows(table: Any, **wanted: Any) -> list[dict[str, Any]]:
    return [
        row
        for row in table.to_pylist()
        if all(row[name] == given for name, given in wanted.items())
    ]


def _by_driver(rows: list[dict[str, Any]]) -> dict[str, float]:
    return {f"{row['driver']} {row['effect']}": row["contribution"] for row in rows}


def test_a_formula_is_split_between_periods_in_each_scope() -> None:
    """10 x 5 -> 20 x 4 by hand: L(80, 50) = 30 / ln 1.6, times ln 2 and ln 0.8."""
    paid = {"scope": "channel=paid"}
    given = inputs(
        [
            *(*_revenue("2026-01", 10, 5), *_revenue("2026-02", 20, 4)),
            *(*_revenue("2026-01", 0, None, **paid), *_revenue("2026-02", 3, 4, **paid)),
        ],
        metrics=("won_revenue",),
    )
    table = contributions_table(given)
    rows = _rows(table, decomposition="identity", scope="all")
    mean = 30 / np.log(1.6)
    assert _by_driver(rows) == pytest.approx(
        {"deals identity": mean * np.log(2), "price identity": mean * np.log(0.8)}
    )
    assert {(row["from_period"], row["to_period"]) for row in rows} == {
        (month("2026-01"), month("2026-02"))
    }
    assert {(r["from_value"], r["to_value"], r["change"], r["method"]) for r in rows} == {
        (50, 80, 30, "lmdi")
    }
    # Where there was no deal there was no price either: the new deals are all of the change.
    channel = _rows(table, decomposition="identity", scope="channel=paid")
    assert _by_driver(channel) == {"deals identity": 12, "price identity": 0}
    assert {row["method"] for row in channel} == {"shapley"}


def _comparisons(*periods: str, as_of: str = "2026-12-31") -> set[tuple[Comparison, str, str]]:
    values = [value("deals", period, 5) for period in periods]
    values += [{**row, "scope": "channel=paid"} for row in values]
    table = contributions_table(inputs(values, metrics=("deals",), as_of=as_of))
    return {
        (row["comparison"], f"{row['from_period']:%Y-%m}", f"{row['to_period']:%Y-%m}")
        for row in table.to_pylist()
    }


def test_periods_are_compared_with_the_one_before_and_that_of_the_year_before() -> None:
    assert _comparisons("2025-02", "2025-12", "2026-01", "2026-02", "2026-04") == {
        ("previous", "2025-12", "2026-01"),
        ("previous", "2026-01", "2026-02"),
        ("year_before", "2025-02", "2026-02"),
    }


def test_a_period_that_is_not_over_is_not_compared_with_a_whole_one() -> None:
    assert _comparisons("2026-01", "2026-02", "2026-03", as_of="2026-03-30") == {
        ("previous", "2026-01", "2026-02")
    }


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        (_revenue("2026-02", 20, 4, trust="withheld", value=None), "withheld"),
        ([value("won_revenue", "2026-02", 81), *_revenue("2026-02", 20, 4)[1:]], "does not hold"),
        ([value("won_revenue", "2026-02", 80), value("deals", "2026-02", 20)], "a part is missing"),
    ],
)
def test_what_is_withheld_or_does_not_hold_is_not_split(
    changed: list[dict[str, Any]], why: str
) -> None:
    given = inputs([*_revenue("2026-01", 10, 5), *changed], metrics=("won_revenue",))
    assert _rows(contributions_table(given), decomposition="identity") == [], why


def test_the_worst_status_and_trust_of_what_is_involved_is_told() -> None:
    after = _revenue("2026-02", 20, 4)
    after[2] |= {"status": "insufficient", "trust": "drifting"}
    given = inputs([*_revenue("2026-01", 10, 5), *after], metrics=("won_revenue",))
    rows = _rows(contributions_table(given), decomposition="identity")
    assert {(row["status"], row["trust"]) for row in rows} == {("insufficient", "drifting")}


def test_a_count_is_split_over_channels_and_what_none_has() -> None:
    values = [
        value("deals", "2026-01", 10),
        value("deals", "2026-02", 16),
        value("deals", "2026-01", 8, scope="channel=paid"),
        value("deals", "2026-02", 6, scope="channel=paid"),
        value("deals", "2026-02", 9, scope="channel=mail"),
        value("deals", "2026-01", 0, scope="channel=fax"),
        value("deals", "2026-02", 0, scope="channel=fax"),
    ]
    rows = _rows(contributions_table(inputs(values, metrics=("deals",))))
    assert _by_driver(rows) == {
        "channel=paid volume": -2,
        "channel=mail volume": 9,
        "(unassigned) volume": -1,
    }
    assert {row["decomposition"] for row in rows} == {"segments"}


def test_a_ratio_is_split_over_channels_into_rate_mix_and_entry() -> None:
    """Paid 10 -> 11 %, organic 40 -> 41 %, paid from half to two thirds: rate +1, mix -5 points."""
    before = {"channel=paid": (60, 600), "channel=organic": (240, 600)}
    after = {"channel=paid": (88, 800), "channel=organic": (164, 400)}
    values = [quotient("share", "2026-01", 300, 1200), quotient("share", "2026-02", 252, 1200)]
    for period, parts in (("2026-01", before), ("2026-02", after)):
        values += [quotient("share", period, *of, scope=scope) for scope, of in parts.items()]
    rows = _rows(contributions_table(inputs(values, metrics=("share",))))
    totals = dict.fromkeys(("rate", "mix", "entry"), 0.0)
    for row in rows:
        totals[row["effect"]] += row["contribution"]
    assert totals == pytest.approx({"rate": 0.01, "mix": -0.05, "entry": 0}, abs=1e-12)


def test_cost_without_a_lead_is_a_term_of_its_own() -> None:
    kpis = [
        {
            "metric": "cost_per_lead",
            "unit": "JPY",
            "kind": "ratio",
            "numerator_metric": "cost",
            "denominator_metric": "leads",
        }
    ]
    values = [
        quotient("cost_per_lead", "2026-01", 100, 10),
        quotient("cost_per_lead", "2026-02", 150, 10),
        quotient("cost_per_lead", "2026-01", 100, 10, scope="channel=paid"),
        quotient("cost_per_lead", "2026-02", 110, 10, scope="channel=paid"),
        quotient("cost_per_lead", "2026-02", 40, 0, scope="channel=fax"),
    ]
    table = contributions_table(inputs(values, metrics=("cost_per_lead",), kpis=kpis))
    assert _by_driver(_rows(table)) == pytest.approx(
        {"channel=paid rate": 1, "channel=paid mix": 0, "channel=fax entry": 4}
    )


def _target(metric: str, target: float, share: float | None) -> Mapping[str, Any]:
    return {
        "metric": metric,
        "grain": "month",
        "scope": "all",
        "period_start": month("2026-01"),
        "target": target,
        "expected_share": share,
    }


def test_actual_is_split_against_the_target_to_date() -> None:
    """Half of the month is over: 10 of 20 deals at 5 were to be there, and 8 at 6 are."""
    targets = [
        _target("won_revenue", 100, 0.5),
        _target("deals", 20, 0.5),
        _target("price", 5, None),
    ]
    given = inputs(_revenue("2026-01", 8, 6), metrics=("won_revenue",), targets=targets)
    rows = _rows(contributions_table(given))
    mean = (48 - 50) / np.log(48 / 50)
    assert _by_driver(rows) == pytest.approx(
        {"deals identity": mean * np.log(0.8), "price identity": mean * np.log(1.2)}
    )
    assert {(row["comparison"], row["from_value"], row["change"]) for row in rows} == {
        ("target", 50, -2)
    }


def test_targets_that_disagree_are_a_term_of_their_own() -> None:
    targets = [_target("won_revenue", 90, None), _target("deals", 20, None)]
    targets.append(_target("price", 5, None))
    given = inputs(_revenue("2026-01", 20, 5), metrics=("won_revenue",), targets=targets)
    rows = _rows(contributions_table(given))
    assert _by_driver(rows) == {
        "deals identity": 0,
        "price identity": 0,
        "(targets disagree) identity": 10,
    }
    assert {row["change"] for row in rows} == {10}


def test_any_two_periods_can_be_compared() -> None:
    values = [*_revenue("2026-01", 10, 5), *_revenue("2026-02", 1, 1), *_revenue("2026-09", 20, 4)]
    given = inputs(values, metrics=("won_revenue",))
    table = contributions_between(given, "month", month("2026-01"), month("2026-09"))
    assert sum(row["contribution"] for row in _rows(table)) == pytest.approx(30)
    assert contributions_between(given, "month", month("2026-01"), month("2027-01")).num_rows == 0


def test_bounds_are_quantiles_of_the_known_draws() -> None:
    """numpy's own quantiles of the known numbers are the answer key."""
    rng = np.random.default_rng(1)
    draws = rng.normal(size=(3, 101))
    draws[1, :40] = np.nan
    draws[2, :60] = np.nan
    lower, upper = bounds(draws)
    for row in (0, 1):
        known = draws[row][np.isfinite(draws[row])]
        assert (lower[row], upper[row]) == pytest.approx(tuple(np.quantile(known, [0.025, 0.975])))
    assert np.isnan([lower[2], upper[2]]).all()
