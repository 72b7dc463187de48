"""What a day weighs: how much of a week's business falls on it."""

from dataclasses import dataclass

import numpy as np

from keiro.goals.arrays import Bools, Floats, Ints

SATURDAY, SUNDAY, HOLIDAY = 5, 6, 7
CLASSES = 8
# Days off of which so few were seen are judged by all days off together.
DAYS_OFF_PRIOR = 8.0
LEARNED_DAYS = 730


@dataclass(frozen=True)
class Calendar:
    """Consecutive days by weekday (0 is Monday) and whether they are business days.

    Weekends, holidays and closures are none.
    """

    weekday: Ints
    is_business: Bools

    def part(self, start: int, stop: int) -> "Calendar":
        """The days from `start` up to and without `stop`, counted from the first."""
        return Calendar(self.weekday[start:stop], self.is_business[start:stop])

    @property
    def classes(self) -> Ints:
        """0 to 4 for business days by weekday, then Saturday, Sunday, other days off."""
        off = np.where(self.weekday >= SATURDAY, self.weekday, HOLIDAY)
        return np.where(self.is_business, np.minimum(self.weekday, 4), off).astype(np.int64)


def learn_day_weights(values: Floats, calendar: Calendar) -> Floats:
    """What each kind of day weighs beside a mean business day, from the values of past days.

    Args:
        values: a flow by day, oldest first; NaN where it is not known.
        calendar: the same days.

    Returns:
        Eight weights, see `Calendar.classes`. Weekdays differ from 1 by as much as they differ
        beyond chance (empirical Bayes); a kind of day off of which little was seen leans on all
        days off. Without any business on business days all business days weigh 1.

    """
    recent = slice(max(0, len(values) - LEARNED_DAYS), None)
    values, classes = values[recent], calendar.classes[recent]
    known = np.isfinite(values)
    values, classes = values[known], classes[known]
    days = np.bincount(classes, minlength=CLASSES).astype(float)
    totals = np.bincount(classes, weights=values, minlength=CLASSES)
    squares = np.bincount(classes, weights=values**2, minlength=CLASSES)
    weights = np.where(np.arange(CLASSES) < SATURDAY, 1.0, 0.0)
    business = slice(0, SATURDAY)
    if days[business].sum() == 0 or totals[business].sum() <= 0:
        return weights
    mean = totals[business].sum() / days[business].sum()
    with np.errstate(divide="ignore", invalid="ignore"):
        means = totals / days
        noise = np.maximum(squares / days - means**2, 0) / days / mean**2
    weights[business] = _shrunk(means[business] / mean, noise[business], days[business])
    return _with_days_off(weights, np.asarray(totals, float), days, float(mean))


def _shrunk(ratios: Floats, noise: Floats, days: Floats) -> Floats:
    seen = days >= 4
    if seen.sum() < 2:
        return np.ones(SATURDAY)
    spread = max(0.0, float(np.var(ratios[seen], ddof=1) - noise[seen].mean()))
    trust = np.where(seen, spread / np.maximum(spread + noise, 1e-12), 0.0)
    return np.asarray(1 + trust * (np.where(seen, ratios, 1.0) - 1))


def _with_days_off(weights: Floats, totals: Floats, days: Floats, mean: float) -> Floats:
    off = slice(SATURDAY, CLASSES)
    together = float(totals[off].sum()) / max(float(days[off].sum()), 1.0) / mean
    weights[off] = (totals[off] / mean + DAYS_OFF_PRIOR * together) / (days[off] + DAYS_OFF_PRIOR)
    return weights
