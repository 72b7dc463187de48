"""The end of a period as it can be told today: draws, their interval, the chance of a target."""

from dataclasses import dataclass

import numpy as np

from keiro.goals.arrays import DRAWS, Floats
from keiro.goals.chances import (
    CURVE_DRAWS,
    Amounts,
    Curve,
    OpenItems,
    draw_new,
    draw_open,
)
from keiro.goals.days import Calendar, learn_day_weights
from keiro.goals.rates import WEEK, draw_totals, weekly

LOWER, UPPER = 0.1, 0.9


@dataclass(frozen=True)
class Horizon:
    """The days: those that are known, and those of the period that are still to come.

    `calendar` begins with the first known day; `known` are known and `left` days follow them.
    `shape` weighs days within periods, 1 where nothing was learned. Of the days to come the first
    `before` are not of the period.
    """

    calendar: Calendar
    known: int
    left: int
    shape: Floats | None = None
    before: int = 0

    def day_weights(self, values: Floats) -> Floats:
        """Weights of all days by what the values show of weekdays and days off."""
        past = self.calendar.part(0, self.known)
        shape = np.ones(self.known + self.left) if self.shape is None else self.shape
        with np.errstate(divide="ignore", invalid="ignore"):
            flat = np.where(shape[: self.known] > 0, values / shape[: self.known], np.nan)
        classes = learn_day_weights(flat, past)
        every = self.calendar.part(0, self.known + self.left)
        weights = classes[every.classes] * shape
        weights[self.known : self.known + self.before] = 0.0
        return np.asarray(weights)


def draw_flow(
    values: Floats,
    horizon: Horizon,
    rng: np.random.Generator,
    *,
    is_count: bool,
    draws: int = DRAWS,
) -> Floats | None:
    """Draws of what is still to come of a flow by week; null where its history is too short."""
    weights = horizon.day_weights(values)
    future = exposure_by_week(weights[horizon.known :])
    return draw_totals(
        weekly(values, weights[: horizon.known]), future, rng, is_count=is_count, draws=draws
    )


@dataclass(frozen=True)
class Funnel:
    """What feeds a metric: the curve, its open items, and how new items arrive by day.

    `conversions` are the metric's own cases by day: on which days of the week they happen.
    `spread`: see `Curve.draw`.
    """

    curve: Curve
    open_items: OpenItems
    arrivals: Floats
    conversions: Floats
    amounts: Amounts | None = None
    spread: float = 0.0


@dataclass(frozen=True)
class Inflow:
    """Draws of what open items and new ones still bring, and their mean chance to convert."""

    from_open: Floats
    from_new: Floats
    open_chance: float
    open_total: float


def draw_funnel(
    funnel: Funnel, horizon: Horizon, rng: np.random.Generator, draws: int = DRAWS
) -> Inflow | None:
    """Draws of what converts until the period's end; null where too little is known for them."""
    if not funnel.curve.is_usable:
        return None
    if funnel.amounts is not None and not len(funnel.amounts.known):
        return None
    arrivals = draw_flow(funnel.arrivals, horizon, rng, is_count=True, draws=draws)
    if arrivals is None:
        return None
    which = rng.integers(CURVE_DRAWS, size=draws)
    conversion, staying = (
        part[which] for part in funnel.curve.draw(rng, CURVE_DRAWS, funnel.spread)
    )
    ahead = _working_days(funnel.conversions, horizon)
    shares = _shares_in_time(
        conversion, ahead, horizon.day_weights(funnel.arrivals)[horizon.known :]
    )
    from_open = draw_open(
        funnel.open_items, conversion, staying, float(ahead[0]), funnel.amounts, rng
    )
    from_new = draw_new(arrivals, shares, funnel.amounts, rng)
    return _inflow(funnel, from_open, from_new)


def _inflow(funnel: Funnel, from_open: Floats, from_new: Floats) -> Inflow:
    items = funnel.open_items
    if funnel.amounts is None or items.amounts is None:
        total = float(len(items.ages))
    else:
        usual = float(funnel.amounts.known.mean()) * funnel.amounts.share_known
        total = float(np.where(np.isfinite(items.amounts), items.amounts, usual).sum())
    chance = float(from_open.mean()) / total if total > 0 else 0.0
    return Inflow(from_open, from_new, open_chance=chance, open_total=total)


def _working_days(conversions: Floats, horizon: Horizon) -> Floats:
    """Days left at the beginning of each coming day, as days of a usual week.

    A curve counts calendar days, and a week of holidays converts less than others.
    """
    past = horizon.calendar.part(0, horizon.known)
    classes = learn_day_weights(conversions, past)
    usual = classes[past.classes[-364:]].mean() or 1.0
    coming = classes[horizon.calendar.classes[horizon.known : horizon.known + horizon.left]]
    return np.concatenate([np.cumsum((coming / usual)[::-1])[::-1], [0.0]])


def _shares_in_time(conversion: Floats, ahead: Floats, weights: Floats) -> Floats:
    """By draw and coming week: the share of the week's items that converts before the end."""
    last = conversion.shape[1] - 1
    # An item arrives in the middle of its day.
    lag = np.minimum((ahead[:-1] + ahead[1:]) / 2, last)
    low = np.floor(lag).astype(np.int64)
    part = lag - low
    by_day = conversion[:, low] * (1 - part) + conversion[:, np.minimum(low + 1, last)] * part
    weights = np.maximum(weights, 1e-9)
    starts = np.arange(0, len(weights), WEEK)
    total = np.add.reduceat(weights, starts)
    return np.asarray(np.add.reduceat(by_day * weights, starts, axis=1) / total)


def exposure_by_week(weights: Floats) -> Floats:
    """The weights of coming days by week; the last week may be a part of one."""
    if not len(weights):
        return np.zeros(0)
    return np.add.reduceat(weights, np.arange(0, len(weights), WEEK))


@dataclass(frozen=True)
class Outlook:
    """What the end of a period will be: mean, 80 % interval, chance of the target."""

    forecast: float
    lower: float
    upper: float
    p_hit: float | None


def summarise(  # noqa: PLR0913
    totals: Floats,
    rng: np.random.Generator,
    *,
    target: float | None,
    direction: str,
    floor: float = 0.0,
    is_count: bool,
) -> Outlook:
    """Mean, interval and chance of draws of the period's end.

    Args:
        totals: the period's value by draw.
        rng: source of chance.
        target: the value to reach, null where there is none.
        direction: `up`: at least the target; `down`: at most.
        floor: what is reached already, below which a flow cannot end.
        is_count: whether values are whole: bounds are then those of the mid-distribution (Ma,
            Genton, Parzen 2011), since whole bounds of small counts hold far more than 80 %.

    """
    spread = totals + rng.random(len(totals)) - 0.5 if is_count else totals
    lower, upper = np.quantile(spread, [LOWER, UPPER])
    mean = float(totals.mean())
    hit = None
    if target is not None:
        reached = totals >= target if direction == "up" else totals <= target
        hit = (float(reached.sum()) + 0.5) / (len(totals) + 1)
    return Outlook(
        forecast=mean,
        lower=min(max(float(lower), floor), mean),
        upper=max(float(upper), floor, mean),
        p_hit=hit,
    )
