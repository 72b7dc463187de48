"""Evidence of a hypothesis: real effects pass, what correlates by level or calendar does not."""

import numpy as np
import pytest

from keiro.lint.association import associate, prewhitened
from keiro.lint.data import Floats

LAGS = (0, 1, 2)


def _supported(driver: Floats, metric: Floats, sign: int = 1) -> bool:
    result, _ = associate(driver, metric, LAGS)
    assert result is not None
    return result.supports(sign)


def test_random_walks_and_shared_seasons_do_not_pass() -> None:
    """At 1 % of 150 pairs each, five or more have a chance below 2 %."""
    rng = np.random.default_rng(7)
    year = 300 * np.sin(2 * np.pi * np.arange(156) / 52.18)
    correlated = walks = seasonal = 0
    for _ in range(150):
        a, b = 9_000 + 100 * np.cumsum(rng.standard_normal((2, 156)), axis=1)
        correlated += abs(np.corrcoef(a, b)[0, 1]) > 0.6
        walks += _supported(a, b) or _supported(a, b, -1)
        a, b = 1_000 + year + 60 * rng.standard_normal((2, 156))
        seasonal += _supported(a, b)
    # The levels do correlate: a test on levels would let these pass.
    assert correlated > 20
    assert walks < 8, "two signs, so twice 1 %"
    assert seasonal < 5


def test_an_effect_passes_at_its_lag_and_in_its_direction_only() -> None:
    rng = np.random.default_rng(8)
    passed = wrong_sign = 0
    for _ in range(40):
        driver = 500 + 50 * rng.standard_normal(156)
        metric = 900 + 0.8 * np.roll(driver, 1) + 40 * rng.standard_normal(156)
        passed += _supported(driver, metric)
        wrong_sign += _supported(driver, metric, -1)
    assert passed >= 38
    assert wrong_sign == 0
    late, _ = associate(driver, np.roll(driver, 9), LAGS)
    assert late is not None
    assert not late.supports(1)


def test_too_short_a_history_is_not_judged() -> None:
    rng = np.random.default_rng(9)
    a, b = rng.standard_normal((2, 60))
    result, weeks = associate(a, b, LAGS)
    # A change costs one week, the four own lags four.
    assert (result, weeks) == (None, 55)


def test_prewhitening_takes_trend_season_and_own_past_out() -> None:
    rng = np.random.default_rng(10)
    n, weeks = 400, np.arange(400)
    shared = 10 + weeks / 20 + np.sin(2 * np.pi * weeks / 52.18)
    past = np.zeros((2, n))
    noise = rng.standard_normal((2, n)) / 20
    for week in range(1, n):
        past[:, week] = 0.8 * past[:, week - 1] + noise[:, week]
    a, b = np.exp(shared + past)
    left = prewhitened(a)
    assert np.isnan(left[:5]).all()
    assert np.corrcoef(a, b)[0, 1] > 0.95
    assert np.corrcoef(left[5:], prewhitened(b)[5:])[0, 1] == pytest.approx(0, abs=0.12)
    # Its own past foretells nothing of what is left.
    assert np.corrcoef(left[6:], left[5:-1])[0, 1] == pytest.approx(0, abs=0.1)
