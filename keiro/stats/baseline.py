"""What was to be expected: exposure × level × weekday factor, learnt from unflagged days only.

A window of days is compared with the level of the days before it, so that no slide is its own
norm. How far such comparisons are usually off is learnt for each length of window from the
comparisons of the past: over-dispersion, memory of the demand and wandering levels are all in it.
"""

from typing import NamedTuple

import numpy as np

from keiro.stats.families import TINY, Array, Tails, count_tails, rate_tails, value_tails
from keiro.stats.series import COUNT, RATE, VALUE, Flags, Series, Tuning, Whole


class Level(NamedTuple):
    """Level of each series, the events (or values) that it rests on, its days of training."""

    value: Array
    events: Array
    days: Array

    @property
    def first(self) -> "Level":
        """That of the first window."""
        return Level(*(part[0] for part in self))


class Sums(NamedTuple):
    """A window of days: observed, denominator, exposure × weekday factor, days that tell.

    `doubtful` is the sum of squared exposures of the days beside holidays.
    """

    y: Array
    n: Array
    exposure: Array
    days: Array
    doubtful: Array


class Baseline:
    """The memory of the watch. `learn` is called once a week, the rest every day."""

    def __init__(self, series: Series, tuning: Tuning) -> None:
        days, width = series.y.shape
        self.series, self.tuning = series, tuning
        self.count, self.rate = series.family == COUNT, series.family == RATE
        self.value = series.family == VALUE
        self.y = np.where(series.present, series.y, 0.0)
        self.n = np.where(series.present, series.exposure, 0.0)
        self.usable = (series.judged & series.present).astype(float)
        self.training = self.usable * ~series.doubtful
        self.trainable = self.training.copy()
        self.cleaned = self.y.copy()
        self.exposure = self.n.copy()
        self.profile = np.ones((7, width))
        self.scale = np.ones(width)
        self.step = np.where(series.is_amount, 0.0, 1.0)
        windows = np.asarray(tuning.windows, dtype=float)[:, None]
        of_day, of_level = tuning.excess
        self.prior = of_day / windows + of_level * np.where(self.rate, tuning.steady, 1.0)
        # What a quotient is per is seldom the cause of its numerator, and only adds its own noise.
        constant = (self.n == 0) | (self.n == 1)
        self.prior = self.prior * np.where(self.count & ~constant.all(0), tuning.quotient, 1.0)
        self.excess = self.prior.copy()
        self.spread2 = np.ones(width)
        # For each day and window: squared error beyond the unavoidable, and what it is measured in.
        self.errors = np.zeros((2, days, len(windows), width))
        # Running totals, right up to `summed`: y, exposure, days of the training; y, n, exposure,
        # days and doubtful squares of what is watched.
        self.totals = np.zeros((8, days + 1, width))
        self.summed = 0

    def learn(self, day: int) -> None:
        """Learn weekday factors, scales and dispersion from the half year before `day`."""
        window = slice(max(0, day - self.tuning.profile_days), day)
        self._learn_profile(window)
        self._learn_scale(window)
        self._learn_excess(window)
        self.summed = 0

    def _learn_profile(self, window: slice) -> None:
        trained = self.training[window]
        n = self.n[window] * trained
        level = (self.cleaned[window] * trained).sum(0) / np.maximum(n.sum(0), TINY)
        of_day = self.series.weekday[window] == np.arange(7)[:, None]
        seen = of_day @ (self.cleaned[window] * trained) / self.scale
        due = of_day @ n * np.maximum(level, TINY) / self.scale
        pooled = np.ones_like(seen)
        for group in (self.count, self.rate):
            if group.any():
                weight = 1 / np.maximum(due[:, group].sum(0), TINY)
                share = (seen[:, group] * weight).sum(1) / np.maximum(
                    (due[:, group] * weight).sum(1), TINY
                )
                pooled[:, group] = share[:, None]
        lean = self.tuning.profile_weight
        factor = np.where(due > 0, (seen + lean * pooled) / (due + lean), pooled)
        factor[:, self.value] = 1.0  # the logarithm of a value has no day of rest
        self.profile = np.maximum(factor, 0.01)
        self.exposure = self.n * self.profile[self.series.weekday]

    def _learn_scale(self, window: slice) -> None:
        """Bring amounts to a scale on which their variance equals their mean, as for counts."""
        amount = self.series.is_amount & self.count
        used = self.training[window]
        level = (self.cleaned[window] * used).sum(0) / np.maximum(
            (self.exposure[window] * used).sum(0), TINY
        )
        mean = level * self.exposure[window] * used
        error = (self.cleaned[window] - level * self.exposure[window]) * used
        spent = np.square(error) / np.maximum(self.n[window], TINY) * (used > 0)
        self.spread2 = np.maximum(spent.sum(0) / np.maximum(used.sum(0), 1), 1e-6)
        if not amount.any():
            return
        known = mean > 0
        days = np.maximum(known.sum(0), 1)
        # Variance = scale·mean + d·mean²: the slope of error²/mean² on 1/mean.
        x = np.where(known, 1 / np.maximum(mean, TINY), 0.0)
        y = np.square(error * x)
        off = (x - x.sum(0) / days) * known
        slope = (off * y).sum(0) / np.maximum(np.square(off).sum(0), TINY)
        most = np.square(error).sum(0) / np.maximum(mean.sum(0), TINY)
        least = mean.sum(0) / days / 2000
        empty = ((self.y[window] <= 0) & known).sum(0) / days
        scale = np.where(empty > self.tuning.sparse_share, most, np.clip(slope, least, most))
        self.scale = np.where(amount, np.maximum(scale, TINY), 1.0)

    def _learn_excess(self, window: slice) -> None:
        """By how much windows were off beyond what their numbers alone explain."""
        error, unit = (part[window].sum(0) for part in self.errors)
        days = np.asarray(self.tuning.windows, dtype=float)[:, None]
        weight = np.where(self.rate, self.tuning.rate_weight, self.tuning.excess_weight)
        weight = np.where(self.value, 100.0, weight) * days**2
        # Windows that overlap are few, however many days they end on.
        weight = weight + unit * days * self.tuning.excess_windows / (window.stop - window.start)
        self.excess = np.clip((error + self.prior * weight) / (unit + weight), 2e-4, 1.0)
        self.excess[:, self.value] = np.minimum(self.excess[:, self.value], 0.05)

    def sum_up(self, day: int) -> None:
        """Bring the running totals up to the end of `day`."""
        if day < 0:
            return
        first = min(self.summed, day)
        rows = slice(first, day + 1)
        trained, usable = self.training[rows], self.usable[rows]
        cleaned, exposure = self.cleaned[rows], self.exposure[rows]
        parts = (
            cleaned * trained,
            exposure * trained,
            trained,
            cleaned * usable,
            self.n[rows] * usable,
            exposure * usable,
            usable,
            np.square(exposure) * (usable * self.series.doubtful[rows]),
        )
        for total, part in zip(self.totals, parts, strict=True):
            total[first + 1 : day + 2] = total[first] + np.cumsum(part, axis=0)
        self.summed = day + 1

    def level(self, end: Whole) -> Level:
        """The level before the days `end`: six weeks, leaning on a year where events are few."""
        short, long = (
            self._between(end, days) for days in (self.tuning.short_days, self.tuning.long_days)
        )
        lasting = long[0] / np.maximum(long[1], 1e-12)
        events = self.tuning.lean_events * self.scale
        lean = np.where(self.value, self.tuning.lean_values, events / np.maximum(lasting, 1e-12))
        level = (short[0] + lean * lasting) / np.maximum(short[1] + lean, 1e-12)
        had = np.where(self.value, long[1] - short[1], (long[0] - short[0]) / self.scale)
        lent = np.minimum(had, np.where(self.value, self.tuning.lean_values, events / self.scale))
        own = np.where(self.value, short[1], short[0] / self.scale)
        return Level(level, own + lent, long[2])

    def _between(self, end: Whole, days: int) -> Array:
        column = np.arange(end.shape[-1])
        return np.asarray(
            self.totals[:3, end, column] - self.totals[:3, np.maximum(end - days, 0), column]
        )

    def window(self, start: Whole, day: int) -> Sums:
        """What was seen from `start` to the end of `day`."""
        column = np.arange(start.shape[-1])
        return Sums(*(self.totals[3:, day + 1, None] - self.totals[3:, start, column]))

    def tails(self, sums: Sums, level: Level, excess: Array) -> Tails:
        """How unusual windows are against their levels."""
        mean, n = level.value * sums.exposure, np.maximum(sums.n, TINY)
        doubt = excess + 1.0 / np.maximum(level.events, 1.0)
        p = np.clip(mean / n, 0.002, 0.998)
        low, high = np.ones_like(mean), np.ones_like(mean)
        if (at := self.count).any():
            scale = self.scale[at]
            events = np.maximum(sums.y[:, at], 0.0) / scale
            low[:, at], high[:, at] = count_tails(
                events, mean[:, at] / scale, doubt[:, at], self.step[at]
            )
        if (at := self.rate).any():
            shared = excess[:, at] + p[:, at] / np.maximum(level.events[:, at], 1.0)
            low[:, at], high[:, at] = rate_tails(sums.y[:, at], n[:, at], p[:, at], shared)
        if (at := self.value).any():
            variance = self.spread2[at] * n[:, at] * (1.0 + n[:, at] * doubt[:, at])
            low[:, at], high[:, at] = value_tails(sums.y[:, at], mean[:, at], variance)
        return Tails(low, high)

    def doubt(self, sums: Sums) -> Array:
        """Over-dispersion of windows, more where they hold days beside holidays."""
        beside = sums.doubtful / np.maximum(np.square(sums.exposure), TINY)
        return np.asarray(self.excess + self.tuning.doubtful * beside)

    def is_counting(self, sums: Sums, level: Level, excess: Array) -> Flags:
        """Whether most of the variance of windows comes from the small numbers themselves."""
        events = np.where(self.count, level.value * sums.exposure / self.scale, sums.n)
        return np.asarray(events * excess < 1.0)

    def remember(self, day: int, sums: Sums, level: Level, told: Flags) -> None:
        """Keep by how much the windows that end today were off."""
        mean = level.value * sums.exposure
        events, n = mean / self.scale, sums.n
        p = np.clip(mean / np.maximum(n, TINY), 0.002, 0.998)
        binomial = n * p * (1 - p)
        least = self._pick(
            events * (1 + events / np.maximum(level.events, 1.0)),
            binomial * (1 + n * p / np.maximum(level.events, 1.0)),
            self.spread2 * n * (1 + n / np.maximum(level.events, 1.0)),
        )
        unit = self._pick(np.square(events), binomial * n, self.spread2 * np.square(n))
        scale = np.where(self.count, self.scale, 1.0)
        most = self.tuning.outlying**2 * (least + self.excess * unit)
        squared = np.minimum(np.square((sums.y - mean) / scale), most)
        self.errors[0, day] = np.where(told, squared - least, 0.0)
        self.errors[1, day] = np.where(told, unit, 0.0)

    def clean(self, day: int, level: Level, known: Flags) -> Array:
        """Cut the extremes of a day before it is summed or learnt from; the usual deviation.

        Before a series is `known`, there is nothing that it could be extreme against.
        """
        mean, n = level.value * self.exposure[day], self.n[day]
        events, excess = np.maximum(mean, 0.0) / self.scale, self.excess[0]
        p = np.clip(mean / np.maximum(n, TINY), 0.002, 0.998)
        deviation = np.sqrt(
            self._pick(
                np.square(self.scale) * events * (1 + events * excess),
                n * p * (1 - p) * (1 + n * excess),
                self.spread2 * n,
            )
        )
        room = self.tuning.clip * deviation
        low = np.where(self.value, mean - room, np.maximum(mean - room, 0.0))
        high = mean + room + np.where(self.count, 2.0 * self.scale, 0.0)
        self.cleaned[day] = np.where(known, np.clip(self.y[day], low, high), self.y[day])
        return np.asarray(deviation)

    def forget(self, column: int, first: int, last: int) -> None:
        """Take the days of an alarm out of the training."""
        self.training[first : last + 1, column] = 0.0
        self.errors[:, first : last + 1, :, column] = 0.0
        self.summed = min(self.summed, first)

    def begin_again(self, column: int, first: int, last: int) -> None:
        """Accept a new level: train from its first day on, forget what was before."""
        self.training[:first, column] = 0.0
        self.training[first : last + 1, column] = self.trainable[first : last + 1, column]
        self.summed = 0

    def _pick(self, count: Array, rate: Array, value: Array) -> Array:
        return np.where(self.count, count, np.where(self.rate, rate, value))

    def started(self, day: int) -> Flags:
        """Which series have been there long enough to be judged."""
        first = np.where(self.usable.any(0), self.usable.argmax(0), len(self.usable))
        return np.asarray(day - first >= self.tuning.warm_up_days)
