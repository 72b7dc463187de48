"""Whether two series move together beyond level, trend, season and chance.

Levels prove nothing: two random walks correlate, and so do two series with one calendar. So both
series are differenced, what repeats over the year is taken out, and the driver must help to predict
the metric out of sample beyond the metric's own past (Granger 1969, Econometrica 37(3), 424-438),
judged by the test for nested forecasts of Clark and West (2007, J. Econometrics 138(1), 291-311).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import erfc, sqrt

import numpy as np

from keiro.lint.data import Floats

# Own past that a prediction knows of, in periods.
OWN_LAGS = 4
HARMONICS = 2
WEEKS_A_YEAR = 365.25 / 7
# Before the first prediction; fewer cannot hold season, own past and driver.
LEAST_TRAINING = 40
LEAST_TESTED = 20
SIGNIFICANCE = 0.01


@dataclass(frozen=True)
class Association:
    """What a test found.

    `skill` is 1 - squared error with the driver / without it, out of sample; `p_value` of Clark and
    West, one-sided; `slope` the sum of the driver's coefficients over all periods.
    """

    tested: int
    skill: float
    p_value: float
    slope: float

    def supports(self, sign: int) -> bool:
        """Whether the driver predicts the metric, in the direction of `sign`."""
        return self.skill > 0 and self.p_value < SIGNIFICANCE and self.slope * sign > 0


def associate(
    driver: Floats, metric: Floats, lags: Sequence[int]
) -> tuple[Association | None, int]:
    """Whether a driver predicts a metric, and the weeks that can tell; null with too few of them.

    Args:
        driver: values of consecutive weeks, NaN where there is none.
        metric: values of the same weeks.
        lags: by how many weeks the driver may run ahead; all of them are used together.

    """
    moved, moving = changes(metric), changes(driver)
    own = np.column_stack([_lagged(moved, lag) for lag in range(1, OWN_LAGS + 1)])
    others = np.column_stack([_lagged(moving, lag) for lag in lags])
    base = np.column_stack([np.ones(len(moved)), seasons(len(moved)), own])
    rows = np.isfinite(np.column_stack([moved, base, others])).all(axis=1)
    y, small, large = moved[rows], base[rows], np.column_stack([base, others])[rows]
    first = max(LEAST_TRAINING, len(y) // 2)
    if len(y) - first < LEAST_TESTED:
        return None, len(y)
    plain, helped = (_predictions(x, y, first) for x in (small, large))
    actual = y[first:]
    without, with_driver = actual - plain, actual - helped
    # The larger model pays for its coefficients with noise; the last term gives that back.
    gain = without**2 - (with_driver**2 - (plain - helped) ** 2)
    spread = float(gain.std(ddof=1))
    z = float(gain.mean()) / (spread / sqrt(len(gain))) if spread > 0 else 0.0
    coefficients = _fit(large, y)
    total = float((without**2).sum())
    result = Association(
        tested=len(gain),
        skill=1 - float((with_driver**2).sum()) / total if total > 0 else 0.0,
        p_value=erfc(z / sqrt(2)) / 2,
        slope=float(coefficients[small.shape[1] :].sum()),
    )
    return result, len(y)


def prewhitened(values: Floats) -> Floats:
    """What is new in each week: the change that neither season nor own past foretell; else NaN."""
    moved = changes(values)
    own = np.column_stack([_lagged(moved, lag) for lag in range(1, OWN_LAGS + 1)])
    x = np.column_stack([np.ones(len(moved)), seasons(len(moved)), own])
    rows = np.isfinite(np.column_stack([moved, x])).all(axis=1)
    left = np.full(len(moved), np.nan)
    if rows.sum() > 2 * x.shape[1]:
        left[rows] = moved[rows] - x[rows] @ _fit(x[rows], moved[rows])
    return left


def changes(values: Floats) -> Floats:
    """Changes from week to week, of counts and amounts on a scale of ratios; the first is NaN."""
    with np.errstate(invalid="ignore"):
        is_share = np.nanmax(np.abs(values), initial=0.0) <= 1
    scaled = values if is_share else np.arcsinh(values)
    return np.concatenate([[np.nan], np.diff(scaled)])


def seasons(length: int) -> Floats:
    """What repeats over the year, as waves by week."""
    angle = 2 * np.pi * np.arange(length) / WEEKS_A_YEAR
    return np.column_stack(
        [wave(k * angle) for k in range(1, HARMONICS + 1) for wave in (np.sin, np.cos)]
    )


def _predictions(x: Floats, y: Floats, first: int) -> Floats:
    """One period ahead each, from all periods before it."""
    return np.array([x[i] @ _fit(x[:i], y[:i]) for i in range(first, len(y))])


def _fit(x: Floats, y: Floats) -> Floats:
    return np.asarray(np.linalg.lstsq(x, y, rcond=None)[0], dtype=np.float64)


def _lagged(values: Floats, lag: int) -> Floats:
    if not lag:
        return values
    return np.concatenate([np.full(lag, np.nan), values[:-lag]])[: len(values)]
