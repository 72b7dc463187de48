"""The designs by which an effect is estimated: a regression of each on a panel of periods."""

from typing import Literal

import numpy as np

from keiro.initiatives.fitting import (
    Fit,
    Floats,
    Sample,
    detectable,
    fit,
    noise_of,
    planned_error,
)
from keiro.initiatives.panel import Panel

Design = Literal["randomised", "difference_in_differences", "interrupted_series", "before_after"]
# Strongest first.
DESIGNS: tuple[Design, ...] = (
    "randomised",
    "difference_in_differences",
    "interrupted_series",
    "before_after",
)
SHARED = ("randomised", "difference_in_differences")
# A trend test that accepts what it cannot see protects nothing, hence not 5 %.
PARALLEL_LEVEL = 0.10
# A control's own noise weakens its coefficient, and leaves a part of the season to the effect: with
# single weeks, 14 % of simulated initiatives without an effect had one; with nine, 5 %.
SMOOTHED_WEEKS = 9


def estimate(design: Design, panel: Panel) -> Fit:
    """The effect as a difference of logs (of log odds for a share of treated and control).

    Raises ValueError where it cannot be estimated: no control, too few periods, no convergence.
    """
    return fit(*regression(design, panel))


def regression(design: Design, panel: Panel) -> tuple[Sample, Floats, int]:
    """What is fitted: the sample, its design matrix, and the column that is the effect."""
    if design == "randomised":
        panel = panel.rows(panel.is_after)
    panel = _usable(design, panel.with_a_case())
    return _sample(design, panel), _matrix(design, panel), _effect_column(design)


def plan(design: Design, panel: Panel, planned: int) -> float:
    """Smallest detectable effect, as a difference of logs, by the noise before the start.

    `planned` is how many periods the effect is to be measured in; only the rows before the start
    are used. Raises ValueError where they are too few.
    """
    past = _usable(design, panel.rows(~panel.is_after).with_a_case())
    column = _effect_column(design)
    mean = _matrix(design, past)
    if design != "randomised":
        mean = np.delete(mean, column, axis=1)
    noise, information = noise_of(_sample(design, past), mean)
    typical = np.full(planned, information.mean())
    ahead = past.planned_on(planned)
    if design == "randomised":
        ahead = ahead.rows(ahead.is_after)
    weights = typical if design == "randomised" else np.concatenate([information, typical])
    error = planned_error(noise, weights, _matrix(design, ahead), ahead.periods, column)
    return detectable(error, noise.df)


def parallel_before(panel: Panel) -> bool:
    """Whether treated and control moved together before the start, as far as can be seen."""
    from scipy.stats import t  # type: ignore[import-untyped]

    past = _usable("difference_in_differences", panel.rows(~panel.is_after).with_a_case())
    trend = (past.periods - past.periods.mean()) / 52.0
    sample = _sample("difference_in_differences", past)
    found = fit(sample, np.column_stack([np.ones(len(trend)), trend]), 1)
    statistic = abs(found.coefficient) / found.error if found.error > 0 else 0.0
    return bool(2 * t.sf(statistic, found.noise.df) >= PARALLEL_LEVEL)


def _effect_column(design: Design) -> int:
    return {"randomised": 0, "interrupted_series": 3}.get(design, 1)


def _matrix(design: Design, panel: Panel) -> Floats:
    """Its columns: level, then for an interrupted series trend and control, then the step."""
    ones = np.ones(len(panel.periods))
    step = panel.is_after.astype(np.float64)
    if design == "randomised":
        return ones[:, None]
    if design != "interrupted_series":
        return np.column_stack([ones, step])
    if panel.control is None:
        raise ValueError("there is no control")
    level = panel.control.smoothed_log(SMOOTHED_WEEKS)
    trend = (panel.periods - panel.periods[0]) / 52.0
    return np.column_stack([ones, trend, level - level.mean(), step])


def _sample(design: Design, panel: Panel) -> Sample:
    """Levels, or the treated share of both arms, out of which a common season drops."""
    treated, control = panel.treated, panel.control
    if design not in SHARED:
        ones = np.ones(len(panel.periods))
        return Sample("poisson", panel.periods, treated.numerator, ones, np.log(treated.exposure))
    if control is None:
        raise ValueError("there is no control")
    total = treated.numerator + control.numerator
    return Sample(
        "binomial",
        panel.periods,
        treated.numerator / total,
        total,
        np.log(treated.exposure / control.exposure),
    )


def _usable(design: Design, panel: Panel) -> Panel:
    """Without periods in which neither arm has a case: they say nothing of a share."""
    if design not in SHARED or panel.control is None:
        return panel
    return panel.rows(panel.treated.numerator + panel.control.numerator > 0)
