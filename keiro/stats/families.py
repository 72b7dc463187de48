"""How surprising a number is: minus the logarithm of its tail probability, for each family.

Counts are over-dispersed Poisson (negative binomial: variance μ + dμ²), rates the numerator given
its denominator (binomial with an intra-class correlation), values a mean of logarithms (normal).
Exact tails serve any volume, where a plain z-score starts below zero for a mean under 9 a day
and cannot fire on an outage, and a root transform hides four deals on a day that expects none.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import betainc, ndtr, ndtri  # type: ignore[import-untyped]

Array = NDArray[np.float64]

TINY = 1e-9
LEAST_P = 1e-200  # evidence is capped here, far above any limit


class Tails(NamedTuple):
    """Probability of as little, and of as much, as was seen."""

    low: Array
    high: Array

    @property
    def first(self) -> "Tails":
        """Those of the first window."""
        return Tails(self.low[0], self.high[0])

    @property
    def evidence(self) -> Array:
        """Minus the logarithm of the smaller tail; 0.7 (a half) for the most usual value."""
        return np.asarray(-np.log(np.maximum(np.minimum(self.low, self.high), LEAST_P)))

    @property
    def is_up(self) -> NDArray[np.bool_]:
        """Whether more was seen than expected."""
        return np.asarray(self.high < self.low)

    @property
    def z(self) -> Array:
        """The same as a standard normal deviation, at the middle of a discrete value's step."""
        middle = (self.low + 1.0 - self.high) / 2
        return np.asarray(ndtri(np.clip(middle, 1e-15, 1 - 1e-15)))


def count_tails(y: Array, mean: Array, excess: Array, step: Array) -> Tails:
    """Tails of events `y` with `mean` and variance mean + excess·mean².

    `step` is the distance of two possible values: 1 for a count, 0 for an amount.
    """
    r = 1.0 / np.maximum(excess, 1e-6)
    share = r / (r + np.maximum(mean, TINY))
    half = (1.0 - step) / 2  # a lattice is cut between its points, a continuum where it is
    low = betainc(r, y + 1.0 - half, share)
    above = y + half
    high = np.where(above > 0, betainc(np.maximum(above, TINY), r, 1.0 - share), 1.0)
    return Tails(low, high)


def rate_tails(y: Array, n: Array, p: Array, excess: Array) -> Tails:
    """Tails of `y` of `n` with probability `p` and variance np(1-p)(1 + excess·n)."""
    step = 1.0 / (1.0 + np.maximum(n, 0.0) * excess)  # n counts for n·step independent ones
    hits, rest = np.clip(y, 0.0, n) * step, np.clip(n - y, 0.0, n) * step
    outer, inner = 0.5 + step / 2, 0.5 - step / 2
    low_at, high_at = rest + inner, hits + inner
    low = betainc(np.maximum(low_at, TINY), hits + outer, 1.0 - p)
    high = betainc(np.maximum(high_at, TINY), rest + outer, p)
    return Tails(np.where(low_at > TINY, low, 1.0), np.where(high_at > TINY, high, 1.0))


def value_tails(y: Array, mean: Array, variance: Array) -> Tails:
    """Tails of a sum of logarithms."""
    z = (y - mean) / np.sqrt(np.maximum(variance, TINY))
    return Tails(ndtr(z), ndtr(-z))
