"""Where a daily series goes: draws of its totals by week, from a state space model.

A week's total y with the exposure E (the weight of its days, or its denominator) is seen as
z = sqrt((y + c) / E), whose noise is about the same at every level (Anscombe 1948, Biometrika 35,
246-254). Its level wanders and has a slope that is held near none; how fast it wanders is averaged
over a grid by its posterior, since a single estimate of it makes intervals too narrow. The filter
is that of statsmodels (Kalman filter with concentrated scale).
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from keiro.goals.arrays import DRAWS, Bools, Floats

WEEK = 7
WEEKS_KEPT = 156
WEEKS_NEEDED = 13
# Variance of a week's step of the level, beside that of the noise of a usual week.
STEPS = (0.0, 0.001, 0.004, 0.016, 0.064, 0.256)
# A stock is what it is: its steps move it, and hardly any noise.
STOCK_STEPS = (0.1, 0.3, 1.0)
STOCK_NOISE = 0.02
# Growth in a year is about none, give or take this share, before the series speaks.
YEARLY_GROWTH = 0.3
ANSCOMBE = 0.375
WIDE = 1e3


@dataclass(frozen=True)
class Totals:
    """Totals by week that were known; exposure 0 where nothing was. Weeks end on the last day."""

    total: Floats
    exposure: Floats

    @property
    def known(self) -> Bools:
        """Which weeks have an exposure."""
        return self.exposure > 0


def weekly(values: Floats, weights: Floats) -> Totals:
    """Weeks of seven days that end with the last day; an unknown day has no value and no weight.

    Args:
        values: a flow by day, oldest first; NaN where it is not known.
        weights: the exposure of the same days.

    """
    weeks = min(len(values) // WEEK, WEEKS_KEPT)
    shape = (weeks, WEEK)
    kept = slice(len(values) - weeks * WEEK, None)
    known = np.isfinite(values[kept])
    total = np.where(known, values[kept], 0.0).reshape(shape).sum(axis=1)
    exposure = np.where(known, weights[kept], 0.0).reshape(shape).sum(axis=1)
    return Totals(total, exposure)


def draw_totals(  # noqa: PLR0913
    past: Totals,
    future: Floats,
    rng: np.random.Generator,
    *,
    is_count: bool,
    draws: int = DRAWS,
    is_level: bool = False,
) -> Floats | None:
    """Draws of the totals of coming weeks; null where fewer than thirteen weeks are known.

    Args:
        past: known weeks, oldest first, up to the last known day.
        future: exposure of the coming weeks, which begin the day after: by week, or by draw and
            week.
        rng: source of chance.
        is_count: whether totals are numbers of cases.
        draws: how many.
        is_level: whether the series is a stock, whose value at each week's end is its total.

    Returns:
        Totals, never negative, by draw and week.

    """
    if past.known.sum() < WEEKS_NEEDED or future.shape[-1] == 0:
        return None
    shift = ANSCOMBE if is_count else 0.0
    usual = float(np.median(past.exposure[past.known]))
    exposure = past.exposure / usual
    with np.errstate(divide="ignore", invalid="ignore"):
        seen = np.sqrt((past.total + shift) / exposure)
    seen = np.where(past.known, seen, np.nan)
    if np.ptp(seen[past.known]) < 1e-9 * max(float(np.nanmax(seen)), 1e-9):
        return _constant(past, future, rng, draws, is_count=is_count)
    weight = np.where(past.known, exposure, 1.0)
    states = _filtered(seen.tobytes(), weight.tobytes(), is_level)
    paths, scale = _paths(states, rng, draws, future.shape[-1])
    ahead = np.maximum(np.broadcast_to(future / usual, paths.shape), 0.0)
    # The noise of a week of little exposure is wide, and the exposure takes it back.
    noise = rng.standard_normal(paths.shape) * np.sqrt(scale[:, None])
    if is_level:
        return np.maximum(paths, 0.0) ** 2 * ahead
    roots = np.maximum(np.maximum(paths, 0.0) * np.sqrt(ahead) + noise, 0.0)
    return np.where(ahead > 0, np.maximum(roots**2 - shift, 0.0), 0.0)


def _constant(
    past: Totals, future: Floats, rng: np.random.Generator, draws: int, *, is_count: bool
) -> Floats:
    """Of a history without any change: the same again, or the rare cases that chance has spared.

    No case in so much exposure leaves a rate by Jeffreys' prior of a Poisson rate.
    """
    exposure = float(past.exposure.sum())
    rate = np.full((draws, 1), past.total.sum() / exposure)
    if is_count and not past.total.any():
        rate = rng.standard_gamma(0.5, size=(draws, 1)) / exposure
        return np.asarray(rng.poisson(rate * np.maximum(future, 0.0)), float)
    return np.asarray(rate * np.maximum(future, 0.0))


@dataclass(frozen=True)
class _States:
    """By step of the grid: its posterior weight, the next state (level, slope), its scale."""

    step: Floats
    weight: Floats
    mean: Floats
    covariance: Floats
    scale: Floats
    degrees: float


@lru_cache(maxsize=4096)
def _filtered(seen_bytes: bytes, exposure_bytes: bytes, is_level: bool) -> _States:
    """The states after the last week. The same weeks are filtered once, whatever period asks."""
    from statsmodels.tsa.statespace.kalman_filter import KalmanFilter

    seen, exposure = np.frombuffer(seen_bytes), np.frombuffer(exposure_bytes)
    known = np.isfinite(seen)
    level = float(np.mean(seen[known][:WEEKS_NEEDED]))
    noise = float(np.var(np.diff(seen[known]))) / 2 + 1e-12 * max(level, 1e-6) ** 2
    slope = (np.nanmean(seen) * YEARLY_GROWTH / 2 / 52) ** 2 / noise
    model = KalmanFilter(k_endog=1, k_states=2, filter_concentrated=True)
    model.bind(seen[:, None].copy())
    model["design"] = np.array([[1.0, 0.0]])
    model["transition"] = np.array([[1.0, 1.0], [0.0, 1.0]])
    model["selection"] = np.eye(2)
    model["obs_cov"] = (STOCK_NOISE if is_level else 1.0) / exposure[None, None, :]
    model.initialize_known(np.array([level, 0.0]), np.diag([WIDE, max(slope, 1e-12)]))
    steps = STOCK_STEPS if is_level else STEPS
    likelihood, means, covariances, scales = [], [], [], []
    for step in steps:
        model["state_cov"] = np.diag([step, 0.0])
        found = model.filter()
        likelihood.append(float(found.llf))
        means.append(found.predicted_state[:, -1])
        covariances.append(found.predicted_state_cov[:, :, -1] / found.scale)
        scales.append(max(float(found.scale), 1e-12))
    relative = np.exp(np.array(likelihood) - max(likelihood))
    return _States(
        step=np.array(steps),
        weight=relative / relative.sum(),
        mean=np.array(means),
        covariance=np.array(covariances),
        scale=np.array(scales),
        degrees=max(float(known.sum()) - 2, 3.0),
    )


def _paths(
    states: _States, rng: np.random.Generator, draws: int, weeks: int
) -> tuple[Floats, Floats]:
    """Levels by draw and week, and each draw's variance of the noise of a usual week."""
    chosen = rng.choice(len(states.step), size=draws, p=states.weight)
    scale = states.scale[chosen] * states.degrees / rng.chisquare(states.degrees, draws)
    roots = np.array([np.linalg.cholesky(c + 1e-12 * np.eye(2)) for c in states.covariance])
    start = np.einsum("dij,dj->di", roots[chosen], rng.standard_normal((draws, 2)))
    start = states.mean[chosen] + start * np.sqrt(scale)[:, None]
    steps = np.sqrt(states.step[chosen] * scale)[:, None]
    walk = np.cumsum(rng.standard_normal((draws, weeks)) * steps, axis=1)
    walk = np.concatenate([np.zeros((draws, 1)), walk[:, :-1]], axis=1)
    ahead = np.arange(weeks)
    return start[:, :1] + start[:, 1:] * ahead + walk, scale
