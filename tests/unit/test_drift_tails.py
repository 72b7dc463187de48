"""Tails against scipy's own distributions, and what is told of days that say little."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from keiro.stats.drift import judge_table
from keiro.stats.families import count_tails, rate_tails
from tests.unit.test_drift_alarms import BUSINESS, DAYS, table, visits


@pytest.mark.parametrize(("mean", "excess"), [(0.3, 0.05), (4.0, 0.1), (250.0, 0.02)])
def test_counts_have_the_tails_of_the_negative_binomial(mean: float, excess: float) -> None:
    y = np.unique(np.rint(mean * np.array([0, 0.3, 0.8, 1, 1.5, 3, 10])))
    size = 1 / excess
    exact = stats.nbinom(size, size / (size + mean))
    found = count_tails(y, np.full_like(y, mean), np.full_like(y, excess), np.ones_like(y))
    np.testing.assert_allclose(found.low, exact.cdf(y), rtol=1e-6)
    np.testing.assert_allclose(found.high, exact.sf(y - 1), rtol=1e-6)


def test_rates_have_the_tails_of_the_binomial() -> None:
    y = np.array([0.0, 1.0, 5.0, 12.0])
    n, p = np.full_like(y, 12.0), np.full_like(y, 0.3)
    found = rate_tails(y, n, p, np.zeros_like(y))
    np.testing.assert_allclose(found.low, stats.binom(12, 0.3).cdf(y), rtol=1e-6)
    np.testing.assert_allclose(found.high, stats.binom(12, 0.3).sf(y - 1), rtol=1e-6)


def test_a_numerator_on_a_day_without_denominator_is_broken_at_once() -> None:
    rng = np.random.default_rng(4)
    n = rng.poisson(np.where(BUSINESS, 2.0, 0.2)).astype(float)
    y = rng.binomial(n.astype(int), 0.5).astype(float)
    day = int(np.flatnonzero(DAYS == "2026-03-04")[0])
    y[day], n[day] = 1.0, 0.0
    alarms = judge_table(table("rate", "rate", y, n))
    assert list(alarms.kind) == ["broken"]
    assert alarms.iloc[0].opened_on == pd.Timestamp("2026-03-04")


def test_four_deals_on_a_day_that_expects_none_are_seen() -> None:
    rng = np.random.default_rng(5)
    y = rng.poisson(np.where(BUSINESS, 3.0, 0.02)).astype(float)
    saturday = int(np.flatnonzero(DAYS == "2026-03-07")[0])
    y[saturday] = 6.0
    alarms = judge_table(table("deals", "count", y))
    assert list(alarms.opened_on) == [pd.Timestamp("2026-03-07")]


def test_an_announced_campaign_is_no_alarm() -> None:
    y = visits(21)
    campaign = (DAYS >= "2026-02-02") & (DAYS <= "2026-02-13")
    y[campaign] *= 2.0
    daily = table("visits", "count", y)
    assert not judge_table(daily).empty
    assert judge_table(daily.assign(is_announced=campaign)).empty
