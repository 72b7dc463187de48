"""Scores that are about standard normal when nothing has changed, for small and large numbers.

Counts are over-dispersed Poisson with mean μ and variance μ + τ²μ²; rates are the numerator
given its denominator, over-dispersed binomial with intra-day correlation ρ. On the arcsinh
(arcsine) scale one closed form serves any volume, where a plain z-score starts below zero for
a mean under 9 a day and cannot fire on an outage.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

SMALL_MEAN = 30.0  # above it the arcsinh score needs no correction of its mean and spread
LARGEST_N = 40


class Moments(NamedTuple):
    """Mean and standard deviation of a score under no change."""

    mean: Array
    sd: Array


def count_score(y: Array, mu: Array, tau2: Array) -> Array:
    """The score of a count (or scaled amount) `y` with mean `mu`, over-dispersion `tau2`."""
    r = np.clip(1.0 / np.maximum(tau2, 1e-9), 1.5, 1e6)
    scale = r - 0.75
    root = np.arcsinh(np.sqrt((y + 0.375) / scale)) - np.arcsinh(np.sqrt((mu + 0.375) / scale))
    return np.asarray(2.0 * np.sqrt(r) * root)


def rate_score(y: Array, n: Array, p: Array, rho: Array) -> Array:
    """The score of `y` successes in `n`, probability `p`, intra-day correlation `rho`."""
    at = np.arcsin(np.sqrt(np.clip((y + 0.375) / (n + 0.75), 0.0, 1.0)))
    of = np.arcsin(np.sqrt(np.clip((n * p + 0.375) / (n + 0.75), 0.0, 1.0)))
    spread = np.sqrt(1.0 + np.maximum(n - 1.0, 0.0) * rho)
    return np.asarray(2.0 * np.sqrt(n + 0.5) * (at - of) / spread)


def count_moments(mu: Array) -> Moments:
    """Mean and spread of `count_score` for small means, where neither is 0 and 1."""
    position = np.interp(np.log(np.maximum(mu, 1e-3)), _LOG_MEANS, np.arange(len(_LOG_MEANS)))
    low = np.floor(position).astype(int)
    high = np.minimum(low + 1, len(_LOG_MEANS) - 1)
    part = position - low
    mean = _COUNT_MEAN[low] * (1 - part) + _COUNT_MEAN[high] * part
    sd = _COUNT_SD[low] * (1 - part) + _COUNT_SD[high] * part
    large = mu >= SMALL_MEAN
    return Moments(np.where(large, 0.0, mean), np.where(large, 1.0, sd))


def rate_moments(n: Array, p: Array) -> Moments:
    """Mean and spread of `rate_score` for small denominators."""
    row = np.clip(np.nan_to_num(n), 1, LARGEST_N).astype(int) - 1
    column = np.clip(np.rint(p * 50), 1, 49).astype(int) - 1
    large = n > LARGEST_N
    mean, sd = _RATE_MEAN[row, column], _RATE_SD[row, column]
    return Moments(np.where(large, 0.0, mean), np.where(large, 1.0, sd))


def _poisson_table() -> tuple[Array, Array]:
    mu = np.exp(_LOG_MEANS)[:, None]
    y = np.arange(0, 120, dtype=float)[None, :]
    log_factorial = np.concatenate([[0.0], np.cumsum(np.log(np.arange(1, 120)))])[None, :]
    weight = np.exp(y * np.log(mu) - mu - log_factorial)
    score = count_score(y, mu, np.full_like(mu, 1e-6))
    mean = (weight * score).sum(1)
    return mean, np.sqrt((weight * score**2).sum(1) - mean**2)


def _binomial_table() -> tuple[Array, Array]:
    n = np.arange(1, LARGEST_N + 1, dtype=float)[:, None, None]
    p = (np.arange(1, 50) / 50.0)[None, :, None]
    y = np.arange(0, LARGEST_N + 1, dtype=float)[None, None, :]
    log_factorial = np.concatenate([[0.0], np.cumsum(np.log(np.arange(1, LARGEST_N + 1)))])
    rest = np.clip(n - y, 0, None).astype(int)
    choose = log_factorial[n.astype(int)] - log_factorial[y.astype(int)] - log_factorial[rest]
    weight = np.where(y <= n, np.exp(choose + y * np.log(p) + (n - y) * np.log1p(-p)), 0.0)
    score = rate_score(np.minimum(y, n), n, p, np.zeros_like(p))
    mean = (weight * score).sum(2)
    return mean, np.sqrt(np.maximum((weight * score**2).sum(2) - mean**2, 1e-3))


_LOG_MEANS: Array = np.linspace(np.log(1e-3), np.log(SMALL_MEAN), 80)
_COUNT_MEAN, _COUNT_SD = _poisson_table()
_RATE_MEAN, _RATE_SD = _binomial_table()
