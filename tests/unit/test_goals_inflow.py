"""The inflow that is needed, on curves so simple that a hand can follow them."""

import numpy as np
import pytest

from keiro.goals.chances import Curve, chances_of, follow
from keiro.goals.inflow import Stage, arrival_shares, from_open_items, solve

NEVER = 10**6


def after(days: int, converting: int = 40, of: int = 100) -> Curve:
    """So many of 100 convert on one day after the entry; the others stay, followed for long."""
    at_risk = np.full(101, float(of))
    at_risk[days + 1 :] = of - converting
    converted = np.zeros(101)
    converted[days] = converting
    return Curve(at_risk, converted, np.zeros(101))


def test_shares_of_pairs_in_turn_multiply_and_lags_add_up() -> None:
    shares = arrival_shares([after(3, 50), after(4, 20)], 10)
    assert shares == pytest.approx([0] * 7 + [0.1] * 4)


def test_open_items_that_are_past_the_lag_bring_nothing() -> None:
    ages = np.array([0, 2, 3, 50])
    later = arrival_shares([], 5)
    # Of the ages 0 and 2, 40 % convert after 3 and 1 days; the others had their day.
    assert from_open_items(ages, after(3), later, 5) == pytest.approx(0.8)
    assert from_open_items(ages, after(3), later, 2) == pytest.approx(0.4)


def stage(days: int, *, inflow: float, open_ages: tuple[int, ...] = ()) -> Stage:
    return Stage("leads", "pair", after(days), np.array(open_ages, np.int64), np.full(100, inflow))


def test_the_need_is_told_per_business_day_that_still_helps() -> None:
    coming = [True, True, False, True, True, True]
    (need,) = solve([stage(2, inflow=1.0, open_ages=(1,))], 4.4, coming)
    # Days 0 to 3 leave two days or more; three of them are business days. The open one brings 0.4.
    assert need.from_open == pytest.approx(0.4)
    assert need.rate_needed == pytest.approx((4.4 - 0.4) / (3 * 0.4))
    assert need.expected == pytest.approx(0.4 + 3 * 0.4)
    assert need.last_useful == 3


def test_a_need_that_is_met_has_no_last_start() -> None:
    (need,) = solve([stage(2, inflow=10.0)], 5.0, [True] * 6)
    assert need.is_reachable
    assert need.last_start is None


def test_the_last_start_is_the_last_day_from_which_twice_the_best_is_enough() -> None:
    # Ten useful days bring 0.4 each at the present rate of 1, and 0.4 more at twice the best.
    (need,) = solve([stage(2, inflow=1.0)], 4.0 + 3 * 0.4, [True] * 12)
    assert need.is_reachable
    assert need.last_start == 7


def test_what_could_only_have_begun_earlier_is_dated_back() -> None:
    # All ten days at twice the rate bring 8: two more are missing, five business days' worth.
    (need,) = solve([stage(2, inflow=1.0)], 10.0, [True] * 12, [True] * 30)
    assert not need.is_reachable
    assert need.last_start == -5


def test_what_nothing_could_have_brought_has_no_start() -> None:
    (need,) = solve([stage(2, inflow=1.0)], 1000.0, [True] * 12, [True] * 30)
    assert not need.is_reachable
    assert need.last_start is None


def test_earlier_stages_count_what_is_open_after_them() -> None:
    first, second = stage(2, inflow=0.0), stage(3, inflow=0.0, open_ages=(0, 0))
    early, late = solve([first, second], 5.0, [True] * 10)
    assert late.from_open == pytest.approx(0.8)
    # From the first stage it takes 2 + 3 days and 0.4 x 0.4; days 0 to 4 leave as many.
    assert early.rate_needed == pytest.approx((5.0 - 0.8) / (5 * 0.16))


def test_an_empty_rest_of_the_period_needs_no_rate() -> None:
    (need,) = solve([stage(2, inflow=1.0)], 5.0, [])
    assert need.rate_needed is None
    assert need.last_useful is None


def test_a_curve_is_cut_at_its_day() -> None:
    entered = np.array([0, 0, 0, 1, 5, 9])
    ended = np.array([2, 3, NEVER, 2, 6, 12])
    converted = np.array([1, 0, 0, 1, 1, 1])
    curve, still_open = follow(entered, ended, converted, 5)
    # By day 5 the sixth has not begun, the fifth is open since that day, the third since day 0.
    assert list(still_open) == [2, 4]
    assert list(curve.at_risk) == [5, 4, 3, 2, 1, 1]
    assert list(curve.converted) == [0, 1, 1, 0, 0, 0]
    assert list(curve.lost) == [0, 0, 0, 1, 0, 0]
    # Aalen-Johansen by hand: 1/4, then 3/4 x 1/3.
    assert curve.conversion == pytest.approx([0, 0.25, 0.5, 0.5, 0.5, 0.5])
    assert curve.staying == pytest.approx([1, 0.75, 0.5, 0.25, 0.25, 0.25])


def test_the_chance_of_an_open_item_is_what_is_left_of_the_curve() -> None:
    conversion, staying = np.array([[0.0, 0.25, 0.5]]), np.array([[1.0, 0.75, 0.25]])
    chances = chances_of(conversion, staying, np.array([0, 1, 2]), 1.0)
    assert chances[0] == pytest.approx([0.25, 0.25 / 0.75, 0.0])
    assert chances_of(conversion, staying, np.array([0]), 1.5)[0] == pytest.approx([0.375])
