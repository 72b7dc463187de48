"""Won revenue split by cohorts: worlds in which one thing changed, and by how much is known."""

from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pytest

from keiro.tree.cohorts import EFFECTS, CohortWins
from keiro.tree.contributions import Compared
from keiro.tree.panel import Panel
from keiro.tree.table import contributions_table
from tests.unit.tree_world import inputs, value

FIRST, LAST = np.datetime64("2025-01"), np.datetime64("2026-08")
CHANGED = np.datetime64("2026-01")
BEFORE, AFTER = "2025-08", "2026-08"
# Channel: opportunities a month, share that wins, amount.
USUAL = {"paid": (200, 0.10, 5.0), "organic": (100, 0.40, 8.0)}
# Of the wins so many come in the month of creation, and one, two and three months later.
SPEED = (0.1, 0.4, 0.3, 0.2)


def _world(
    changed: dict[str, tuple[int, float, float]] | None = None,
    *,
    value_factor: float = 1.0,
) -> list[dict[str, Any]]:
    """Cohorts from 2025-01 on; those from 2026-01 on, and wins from then on, are changed."""
    groups = []
    for cohort in np.arange(FIRST, LAST + 1):
        is_new = cohort >= CHANGED
        for channel, (n, rate, amount) in (changed if is_new and changed else USUAL).items():
            for lag, share in enumerate(SPEED):
                wins = round(n * rate * share)
                won = cohort + lag
                factor = value_factor if won >= CHANGED else 1.0
                groups.append(_group(cohort, channel, won, factor * amount, 1.0, wins))
            groups.append(_group(cohort, channel, None, None, 0.0, round(n * (1 - rate))))
    return [group for group in groups if group["opportunities"]]


def _group(
    cohort: np.datetime64,
    channel: str,
    won: np.datetime64 | None,
    amount: float | None,
    chance: float,
    opportunities: int,
) -> dict[str, Any]:
    return {
        "cohort_month": cohort.astype("datetime64[D]").item(),
        "channel": channel,
        "won_month": None if won is None else won.astype("datetime64[D]").item(),
        "amount": amount,
        "chance_to_win": chance,
        "opportunities": opportunities,
    }


def _revenue(world: list[dict[str, Any]], month: str) -> float:
    first = date.fromisoformat(f"{month}-01")
    return sum(
        group["opportunities"] * group["amount"] for group in world if group["won_month"] == first
    )


def _split(world: list[dict[str, Any]], *, swapped: bool = False) -> dict[str, dict[str, Any]]:
    values = [value("won_revenue", month, _revenue(world, month)) for month in (BEFORE, AFTER)]
    values += [{**row, "scope": "channel=paid", "value": 0.0} for row in values]
    given = inputs(values, metrics=("won_revenue",), cohorts=world)
    if swapped:
        panel = Panel("month", given.kpi_values, given.as_of)
        from keiro.tree.cohorts import cohort_parts
        from keiro.tree.panel import read_measures

        measure = read_measures(given.kpis.to_pylist())["won_revenue"]
        compared = Compared("previous", np.array([1]), np.array([0]))
        parts = cohort_parts(CohortWins(panel, given.cohorts), measure, compared)
        return {part.effect: {"contribution": part.contribution[0]} for part in parts}
    rows = [
        row
        for row in contributions_table(given).to_pylist()
        if row["decomposition"] == "cohorts" and row["comparison"] == "year_before"
    ]
    assert [row["effect"] for row in rows] == list(EFFECTS)
    change = _revenue(world, AFTER) - _revenue(world, BEFORE)
    assert sum(row["contribution"] for row in rows) == pytest.approx(change, abs=1e-9)
    return {row["effect"]: row for row in rows}


ONE_CHANGE = {
    "volume": _world({"paid": (300, 0.10, 5.0), "organic": (150, 0.40, 8.0)}),
    "rate": _world({"paid": (200, 0.15, 5.0), "organic": (100, 0.60, 8.0)}),
    "value": _world(value_factor=1.25),
}


@pytest.mark.parametrize("effect", ONE_CHANGE)
def test_one_thing_that_changed_is_all_of_the_change(effect: str) -> None:
    """August 2026 has only new cohorts behind it, August 2025 only old ones."""
    world = ONE_CHANGE[effect]
    rows = _split(world)
    change = _revenue(world, AFTER) - _revenue(world, BEFORE)
    assert change != 0
    for name, row in rows.items():
        assert row["contribution"] == pytest.approx(change if name == effect else 0, abs=1e-6)


def test_slower_wins_lower_the_first_months_by_speed_alone() -> None:
    """Cohorts from June 2026 on win a month later: by August a part of their wins is missing."""
    groups = []
    for group in _world():
        cohort, won = (np.datetime64(group[key], "M") for key in ("cohort_month", "won_month"))
        if cohort >= np.datetime64("2026-06") and group["won_month"] is not None:
            group = {**group, "won_month": (won + 1).astype("datetime64[D]").item()}  # noqa: PLW2901
        groups.append(group)
    rows = _split(groups)
    # By hand: of August's wins those of the cohorts June to August came a month later.
    lags = {6: 2, 7: 1, 8: 0}
    usual = {month: SPEED[lag] for month, lag in lags.items()}
    slow = {month: SPEED[lag - 1] if lag else 0.0 for month, lag in lags.items()}
    per_share = sum(n * rate * amount for n, rate, amount in USUAL.values())
    lost = per_share * sum(slow[month] - usual[month] for month in lags)
    assert rows["speed"]["contribution"] == pytest.approx(lost)
    for effect in ("volume", "rate", "value", "mix"):
        assert rows[effect]["contribution"] == pytest.approx(0, abs=1e-6)


def test_more_of_the_channel_that_wins_less_is_mix() -> None:
    """300 opportunities as before, now 250 and 50. Win rates and amounts of a channel stay, so that
    nothing is due to rate or value."""
    world = _world({"paid": (250, 0.10, 5.0), "organic": (50, 0.40, 8.0)})
    rows = _split(world)
    change = _revenue(world, AFTER) - _revenue(world, BEFORE)
    assert change == (250 - 200) * 0.1 * 5 + (50 - 100) * 0.4 * 8
    assert rows["mix"]["contribution"] == pytest.approx(change)
    for effect in ("volume", "rate", "speed", "value"):
        assert rows[effect]["contribution"] == pytest.approx(0, abs=1e-6)


def test_swapped_periods_negate() -> None:
    world = _world({"paid": (330, 0.13, 6.0), "organic": (70, 0.50, 7.0)}, value_factor=0.8)
    rows, swapped = _split(world), _split(world, swapped=True)
    for effect in EFFECTS:
        assert rows[effect]["contribution"] == pytest.approx(
            -swapped[effect]["contribution"], abs=1e-9
        )


def test_cohorts_with_open_deals_are_provisional() -> None:
    world = _world()
    assert {row["status"] for row in _split(world).values()} == {"final"}
    world.append(_group(LAST, "paid", None, None, 0.5, 3))
    assert {row["status"] for row in _split(world).values()} == {"provisional"}


def test_what_the_cohorts_do_not_add_up_to_is_not_split() -> None:
    world = _world()
    values = [value("won_revenue", month, 1.0) for month in (BEFORE, AFTER)]
    given = inputs(values, metrics=("won_revenue",), cohorts=world)
    assert contributions_table(given).num_rows == 0
    assert contributions_table(replace(given, cohorts=given.cohorts.slice(0, 0))).num_rows == 0


def test_a_planted_change_stands_out_of_the_noise() -> None:
    world = _world({"paid": (600, 0.10, 5.0), "organic": (300, 0.40, 8.0)})
    rows = _split(world)
    assert rows["volume"]["lower"] > 0
    assert all(
        rows[effect]["lower"] <= 0 <= rows[effect]["upper"]
        for effect in ("rate", "speed", "mix", "value")
    )
