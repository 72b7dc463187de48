"""Draws of coming weeks: against closed forms, and where there is little to go by."""

import numpy as np
import pytest

from keiro.goals.arrays import generator
from keiro.goals.chances import Amounts
from keiro.goals.days import Calendar, learn_day_weights
from keiro.goals.outlook import summarise
from keiro.goals.rates import draw_totals, weekly

WEEK = np.array([1.0] * 5 + [0.0] * 2)


def _poisson_weeks(mean: float, weeks: int, seed: int = 3) -> tuple[np.ndarray, np.ndarray]:
    weights = np.tile(WEEK, weeks)
    return np.random.default_rng(seed).poisson(mean * weights).astype(float), weights


def test_steady_series_go_on_with_the_spread_of_their_counts() -> None:
    """Ten a day for two years, sixty times over: a week of five days brings 50, of one day 10, and
    80 % intervals hold as many of the weeks that Poisson's law draws."""
    future = np.array([5.0, 1.0, 0.0])
    means, covered = [], []
    for seed in range(60):
        values, weights = _poisson_weeks(10.0, 104, seed)
        past = weekly(values, weights)
        drawn = draw_totals(past, future, generator(seed), is_count=True, draws=400)
        assert drawn is not None
        means.append(drawn.mean(axis=0))
        lower, upper = np.quantile(drawn[:, 0], [0.1, 0.9])
        weeks = np.random.default_rng(1000 + seed).poisson(50, 20)
        covered.append(((lower <= weeks) & (weeks <= upper)).mean())
    assert np.mean(means, axis=0) == pytest.approx([50, 10, 0], rel=0.02)
    assert 0.76 < np.mean(covered) < 0.88


def test_unknown_days_are_left_out_and_not_taken_for_zero() -> None:
    values, weights = _poisson_weeks(10.0, 60)
    values[200:230] = np.nan
    totals = weekly(values, weights)
    assert totals.exposure.sum() == weights[np.isfinite(values)].sum()
    whole = draw_totals(totals, np.array([5.0]), generator("c"), is_count=True)
    values[200:230] = 0.0
    holed = draw_totals(weekly(values, weights), np.array([5.0]), generator("c"), is_count=True)
    assert whole is not None
    assert holed is not None
    assert whole.mean() == pytest.approx(50, rel=0.15)
    # A month of zeros widens what may come next.
    assert holed.std() > 1.5 * whole.std()


def test_a_short_history_gives_nothing() -> None:
    values, weights = _poisson_weeks(10.0, 12)
    past = weekly(values, weights)
    assert draw_totals(past, np.array([5.0]), generator("d"), is_count=True) is None


def test_no_case_in_a_year_is_no_certainty_of_none() -> None:
    """Jeffreys' prior: the mean of the rate after none in an exposure e is 0.5 / e."""
    past = weekly(np.zeros(364), np.tile(WEEK, 52))
    drawn = draw_totals(past, np.array([130.0]), generator("e"), is_count=True, draws=20_000)
    assert drawn is not None
    assert drawn.mean() == pytest.approx(0.5 * 130 / 260, rel=0.1)


def test_the_same_key_gives_the_same_draws() -> None:
    values, weights = _poisson_weeks(3.0, 60)
    past = weekly(values, weights)
    one, same, other = (
        draw_totals(past, np.array([5.0]), generator(key), is_count=True) for key in "ffg"
    )
    assert np.array_equal(one, same)
    assert not np.array_equal(one, other)


def test_weekdays_and_days_off_are_learned() -> None:
    """Mondays bring twice as much, Sundays a tenth, and a holiday counts as a day off."""
    weekday = np.arange(364) % 7
    is_business = weekday < 5
    is_business[[10, 100]] = False
    rate = np.array([20, 10, 10, 10, 10, 0, 1.2])[weekday]
    rate = np.where(is_business | (weekday > 4), rate, 0.0)
    values = np.random.default_rng(5).poisson(rate).astype(float)
    weights = learn_day_weights(values, Calendar(weekday, is_business))
    mean = 12.0
    assert weights[:5] == pytest.approx(np.array([20, 10, 10, 10, 10]) / mean, rel=0.08)
    assert weights[5] < 0.05
    assert weights[6] == pytest.approx(1.2 / mean, abs=0.04)
    assert weights[7] < 0.06


def test_weekdays_that_differ_by_chance_alone_are_flat() -> None:
    weekday = np.arange(700) % 7
    values = np.random.default_rng(1).poisson(np.where(weekday < 5, 2.0, 0.0)).astype(float)
    weights = learn_day_weights(values, Calendar(weekday, weekday < 5))
    assert weights[:5] == pytest.approx(np.ones(5), abs=0.06)


def test_sums_of_amounts_have_the_pools_mean_however_many_there_are() -> None:
    amounts = Amounts(np.array([1.0, 2.0, 6.0] * 40), share_known=0.5)
    for count in (4, 4000):
        sums = amounts.draw_sums(np.full(4000, count), generator("amounts", count))
        assert sums.mean() == pytest.approx(count * 0.5 * 3.0, rel=0.03)


def test_the_chance_counts_draws_on_the_right_side_of_the_target() -> None:
    totals = np.arange(1.0, 101.0)
    for direction, share in (("up", 0.31), ("down", 0.7)):
        found = summarise(totals, generator("s"), target=70.0, direction=direction, is_count=False)
        assert found.p_hit == pytest.approx(share, abs=0.01)
    assert found.lower == pytest.approx(10.9)
    assert found.upper == pytest.approx(90.1)


def test_an_interval_never_ends_below_what_is_reached() -> None:
    found = summarise(
        np.full(100, 5.0), generator("t"), target=None, direction="up", floor=5.0, is_count=True
    )
    assert (found.lower, found.p_hit) == (5.0, None)
    assert 5.0 <= found.upper <= 5.5
