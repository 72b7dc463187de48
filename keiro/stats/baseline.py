"""What was to be expected: exposure × level × weekday factor, learnt from unflagged days only."""

from typing import NamedTuple

import numpy as np

from keiro.stats.families import (
    Array,
    count_moments,
    count_score,
    rate_moments,
    rate_score,
)
from keiro.stats.series import COUNT, RATE, VALUE, Flags, Series, Tuning, Whole

TINY = 1e-9


class Level(NamedTuple):
    """Level of each series, with the observations, exposure and days of training behind it."""

    value: Array
    observed: Array
    exposure: Array
    days: Array


class Score(NamedTuple):
    """A day against a level: mean, raw score, score with mean 0 and spread 1, information."""

    mean: Array
    raw: Array
    centred: Array
    information: Array


class Baseline:
    """The memory of the watch. `learn` is called once a week, the rest every day."""

    def __init__(self, series: Series, tuning: Tuning) -> None:
        days, width = series.y.shape
        self.series, self.tuning = series, tuning
        self.count, self.rate = series.family == COUNT, series.family == RATE
        self.value = series.family == VALUE
        self.y = np.where(series.present, series.y, 0.0)
        self.exposure = np.where(series.present, series.exposure, 0.0)
        self.training = (series.judged & series.present).astype(float)
        self.cleaned = self.y.copy()
        self.expected = np.full((days, width), np.nan)
        self.residual = np.zeros((days, width))  # clipped scores, as the shifts see them
        self.weighted_exposure = self.exposure.copy()
        self.profile = np.ones((7, width))
        self.scale = np.ones(width)
        self.tau2 = np.full(width, tuning.over_dispersion)
        self.rho = np.full(width, tuning.over_dispersion)
        self.spread2 = np.ones(width)
        self.inflation = np.ones(width)
        # Running totals of observations, weighted exposure and days; right up to `summed`.
        self.totals = np.zeros((3, days + 1, width))
        self.summed = 0

    def learn(self, day: int, suspected: Whole) -> None:
        """Learn weekday factors, dispersion and memory from the half year before `day`."""
        window = slice(max(0, day - self.tuning.profile_days), day)
        trained, y = self.training[window], self.cleaned[window]
        self._learn_profile(window, trained, y)
        if day >= 28:
            calm = trained * (np.arange(len(self.y))[window, None] < suspected)
            self._learn_spread(window, calm, y)
            self._learn_memory(window, calm)
        self.summed = 0

    def _learn_profile(self, window: slice, trained: Array, y: Array) -> None:
        exposure = self.exposure[window] * trained
        level = (y * trained).sum(0) / np.maximum(exposure.sum(0), TINY)
        of_day = self.series.weekday[window] == np.arange(7)[:, None]
        seen = of_day @ (y * trained) / self.scale
        due = of_day @ exposure * np.maximum(level, TINY) / self.scale
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
        self.weighted_exposure = self.exposure * self.profile[self.series.weekday]

    def _learn_spread(self, window: slice, trained: Array, y: Array) -> None:
        mean = np.where(np.isfinite(self.expected[window]), self.expected[window], 0.0)
        used = trained * np.isfinite(self.expected[window])
        error = (y - mean) * used
        mean = mean * used
        self._learn_scale(window, error, mean)
        squared, expected = np.square(error / self.scale), mean / self.scale
        prior, weight = self.tuning.over_dispersion, self.tuning.over_dispersion_weight
        lean = self.tuning.correlation_weight
        excess = (squared - expected).sum(0) + prior * weight
        self.tau2 = np.clip(excess / (np.square(expected).sum(0) + weight), 0.002, 1.0)
        n = self.exposure[window] * trained
        p = np.clip(np.where(n > 0, mean / np.maximum(n, TINY), 0.0), 0.001, 0.999)
        binomial = n * p * (1 - p)
        between = (used * binomial * np.maximum(n - 1, 0)).sum(0)
        excess = (used * (np.square(error) - binomial)).sum(0) + prior * lean
        self.rho = np.clip(excess / (between + lean), 0.0005, 0.5)
        events = self.exposure[window]
        unit = np.where(events > 0, np.square(error) / np.maximum(events, TINY), 0.0)
        spread2 = unit.sum(0) / np.maximum(used.sum(0), 1)
        self.spread2 = np.maximum(spread2, 1e-6)

    def _learn_scale(self, window: slice, error: Array, mean: Array) -> None:
        """Bring amounts to a scale on which their variance equals their mean, as for counts."""
        if not self.series.is_amount.any():
            return
        known = mean > 0
        days = np.maximum(known.sum(0), 1)
        # Variance = scale·mean + τ²·mean²: the slope of error²/mean² on 1/mean.
        x = np.where(known, 1 / np.maximum(mean, TINY), 0.0)
        y = np.square(error * x)
        x_mean = x.sum(0) / days
        spread = (np.square(x - x_mean) * known).sum(0)
        slope = ((x - x_mean) * y * known).sum(0) / np.maximum(spread, TINY)
        most = np.square(error).sum(0) / np.maximum(mean.sum(0), TINY)
        least = mean.sum(0) / days / 2000
        empty = ((self.y[window] <= 0) & known).sum(0) / days
        scale = np.where(empty > self.tuning.sparse_share, most, np.clip(slope, least, most))
        amount = self.series.is_amount & self.count
        self.scale = np.where(amount, np.maximum(scale, TINY), 1.0)

    def _learn_memory(self, window: slice, trained: Array) -> None:
        """By how much sums of scores vary more than sums of independent ones."""
        score = self.residual[window] * trained
        squares = np.square(score).sum(0)
        lagged = sum((score[lag:] * score[:-lag]).sum(0) for lag in (1, 2, 3))
        memory = np.clip(1 + 2 * lagged / (squares + self.tuning.memory_prior), 1.0, 5.0)
        self.inflation = memory * np.maximum((squares + 30) / (trained.sum(0) + 30), 0.7)

    def long_level(self, day: int, suspected: Whole) -> Level:
        """The level that shifts are measured from: a long window where events are few.

        It ends before the days that are `suspected`, so that a slide is not its own norm.
        """
        until = np.minimum(day - self.tuning.long_gap, suspected)
        until = np.maximum(until, day - self.tuning.longest_suspicion)
        level = self._window(until, self.tuning.long_days[0])
        for days in self.tuning.long_days[1:]:
            events = np.where(self.value, 3 * level.days, level.observed / self.scale)
            events = np.where(self.rate, events * np.maximum(1 - level.value, 0.0), events)
            longer, few = self._window(until, days), events < self.tuning.enough_events
            level = Level(*(np.where(few, b, a) for a, b in zip(level, longer, strict=True)))
        return level

    def short_level(self, day: int, long: Array) -> Array:
        """The level that spikes are measured from: four weeks, leaning on the long level."""
        until = np.full(long.shape, day - self.tuning.short_gap)
        level = self._window(until, self.tuning.short_days)
        events = 15.0 * self.scale
        lean = np.where(self.value, 10.0, events / np.maximum(long, 1e-12))
        known = np.where(self.value, 10.0 * long, np.where(long > 0, events, 0.0))
        return np.asarray((level.observed + known) / np.maximum(level.exposure + lean, 1e-12))

    def _window(self, until: Whole, days: int) -> Level:
        end = np.maximum(until, 0)
        start, column = np.maximum(end - days, 0), np.arange(len(end))
        observed, exposure, trained = self.totals[:, end, column] - self.totals[:, start, column]
        return Level(observed / np.maximum(exposure, 1e-12), observed, exposure, trained)

    def sum_up(self, day: int) -> None:
        """Bring the running totals up to the day before `day`."""
        first = min(self.summed, day)
        rows = slice(first, day)
        trained = self.training[rows]
        parts = (self.cleaned[rows] * trained, self.weighted_exposure[rows] * trained, trained)
        for total, part in zip(self.totals, parts, strict=True):
            total[first + 1 : day + 1] = total[first] + np.cumsum(part, axis=0)
        self.summed = day

    def score(self, day: int, level: Array) -> Score:
        """Score a day against a level."""
        y, n = self.y[day], self.exposure[day]
        mean = level * self.weighted_exposure[day]
        events = np.maximum(mean, 0.0) / self.scale
        p = np.clip(np.where(n > 0, mean / np.maximum(n, TINY), 0.5), 0.002, 0.998)
        count = count_score(np.maximum(y, 0.0) / self.scale, events, self.tau2)
        rate = rate_score(np.clip(y, 0.0, n), np.maximum(n, TINY), p, self.rho)
        value = (y - mean) / np.sqrt(np.maximum(self.spread2 * n, TINY))
        of_count, of_rate = count_moments(events), rate_moments(n, p)
        raw = self._pick(count, rate, value)
        bias = self._pick(of_count.mean, of_rate.mean, np.zeros_like(raw))
        spread = self._pick(of_count.sd, of_rate.sd, np.ones_like(raw))
        odds = n * p / np.maximum(1 - p, 0.02) / (1 + np.maximum(n - 1, 0) * self.rho)
        information = self._pick(events / (1 + events * self.tau2), odds, n / self.spread2)
        return Score(mean, raw, (raw - bias) / np.maximum(spread, 0.2), information)

    def keep(self, day: int, mean: Array, known: Flags) -> Array:
        """Remember what was expected of a day, and the day without its extremes; its deviation.

        Before a series is `known`, there is nothing that it could be extreme against.
        """
        self.expected[day] = np.where((mean > 0) | self.value, mean, np.nan)
        n, events = self.exposure[day], np.maximum(mean, 0.0) / self.scale
        of_count = self.scale * np.sqrt(np.maximum(events + np.square(events) * self.tau2, TINY))
        binomial = np.maximum(mean * (1 - mean / np.maximum(n, TINY)), 0.05)
        of_rate = np.sqrt(binomial * (1 + np.maximum(n - 1, 0) * self.rho))
        of_value = np.sqrt(self.spread2 * np.maximum(n, TINY))
        deviation = self._pick(of_count, of_rate, of_value)
        least = np.where(self.value, -np.inf, 0.0)
        low = np.maximum(mean - 4 * deviation, least)
        clipped = np.clip(self.y[day], low, mean + 4 * deviation)
        self.cleaned[day] = np.where(known, clipped, self.y[day])
        return deviation

    def forget(self, column: int, first: int, last: int) -> None:
        """Take the days of an alarm out of the training."""
        self.training[first : last + 1, column] = 0.0
        self.summed = min(self.summed, first)

    def begin_again(self, column: int, first: int, last: int) -> None:
        """Accept a new level: train from its first day on, forget what was before."""
        usable = self.series.judged & self.series.present
        self.training[:first, column] = 0.0
        self.training[first : last + 1, column] = usable[first : last + 1, column]
        self.summed = 0

    def _pick(self, count: Array, rate: Array, value: Array) -> Array:
        return np.where(self.count, count, np.where(self.rate, rate, value))

    def started(self, day: int) -> Flags:
        """Which series have been there long enough to be judged."""
        usable = self.series.judged & self.series.present
        first = np.where(usable.any(0), usable.argmax(0), len(usable))
        return np.asarray(day - first >= self.tuning.warm_up_days)
