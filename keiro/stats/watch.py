"""One pass over the days, all indicators side by side: spikes, shifts, laws, repeats.

On the score of each day two things are watched: its size (a spike, seen on day 0) and its sum
(CUSUMs of the log likelihood ratio for shifts of several sizes; the last zero dates the change).
Beside them the laws that need no statistics: a numerator above its denominator, a source that
repeats itself. A day costs some dozen array operations whatever the number of indicators.
"""

from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np

from keiro.stats.baseline import TINY, Baseline, Score
from keiro.stats.families import Array
from keiro.stats.series import TUNING, VALUE, Flags, Series, Tuning, Whole

How = Literal["spike", "shift", "order", "repeat"]


@dataclass
class Episode:
    """An alarm of one series, in indices of days; `closed` is None while it is open."""

    series: int
    opened: int
    onset: int
    how: How
    is_up: bool
    level: float
    profile: Array  # the weekday factors of that time
    last_unusual: int
    closed: int | None = None
    is_new_level: bool = False


class Outcome(NamedTuple):
    """All episodes of a panel, with the baseline that they were measured against."""

    episodes: list[Episode]
    baseline: Baseline


class Watch:
    """The state between two days."""

    def __init__(self, series: Series, limit: float, tuning: Tuning = TUNING) -> None:
        width = series.y.shape[1]
        self.series, self.limit, self.tuning = series, limit, tuning
        self.base = Baseline(series, tuning)
        sizes = np.asarray(tuning.shifts)
        self.size = sizes[:, None]
        self.sums = np.zeros((2, len(sizes), width))
        self.zeros: Whole = np.zeros((2, len(sizes), width), dtype=np.int64)
        self.usual_information = np.zeros(width)
        self.weight = np.zeros_like(series.y)
        self.repeated = np.zeros(width)
        self.calm: Whole = np.zeros(width, dtype=np.int64)
        self.calm_lean = np.zeros(width)
        self.open: dict[int, Episode] = {}
        self.episodes: list[Episode] = []

    def step(self, day: int) -> None:
        """Judge one day, then learn from it."""
        base = self.base
        suspected = self._suspected(day)
        if day % 7 == 0 and day >= 21:
            base.learn(day, suspected)
        base.sum_up(day)
        long = base.long_level(day, suspected)
        short = base.score(day, base.short_level(day, long.value))
        against = base.score(day, long.value)
        ready = base.started(day) & (long.days >= self.tuning.least_training_days)
        # A rate is known from what it is a share of, a count from what was counted.
        events = np.where(base.count, long.observed / base.scale, long.exposure)
        ready &= (events >= self.tuning.least_training_events) | base.value
        here = self.series.judged[day] & self.series.present[day]
        judged = ready & here
        deviation = base.keep(day, short.mean, ready)
        in_alarm = self._in_alarm()
        self._add(day, against, judged, in_alarm, long.days)
        size = np.minimum(np.abs(short.raw), np.abs(against.raw))
        spike = judged & ~in_alarm & (size**2 / 2 > self.limit * self.tuning.spike_share)
        shift = judged & ~in_alarm & (self.sums.max((0, 1)) > self.limit)
        order = here & self.series.is_limited & (base.y[day] > base.exposure[day])
        repeat = self._repeats(day, against.mean, deviation, here) & ready
        self._close(day, short, judged, order)
        for column in np.flatnonzero((spike | shift | order | repeat) & ~in_alarm):
            how: How = "order" if order[column] else "repeat" if repeat[column] else "spike"
            how = "shift" if how == "spike" and not spike[column] else how
            self._open(day, int(column), how, short.raw[column] > 0, long.value[column])

    def _suspected(self, day: int) -> Whole:
        """The first day of the shift that is most likely going on; `day` where there is none."""
        width = self.sums.shape[2]
        sums, zeros = self.sums.reshape(-1, width), self.zeros.reshape(-1, width)
        best = sums.argmax(0)
        column = np.arange(width)
        grown = (sums[best, column] > self.tuning.suspicion) & self.base.rate
        return np.where(grown, zeros[best, column], day)

    def _in_alarm(self) -> Flags:
        flags = np.zeros(self.series.y.shape[1], dtype=bool)
        flags[list(self.open)] = True
        return flags

    def _add(self, day: int, score: Score, judged: Flags, in_alarm: Flags, trained: Array) -> None:
        """Add a day to the sums, by the information that it carries."""
        clip, base = self.tuning.clip, self.base
        base.residual[day] = np.where(judged, np.clip(score.centred, -clip, clip), 0.0)
        usual = self.usual_information
        learnt = np.where(usual == 0, score.information, 0.97 * usual + 0.03 * score.information)
        self.usual_information = np.where(judged, learnt, usual)
        relative = score.information / np.maximum(self.usual_information, TINY)
        weight = np.where(judged, np.sqrt(np.clip(relative, 0, 4)), 0.0)
        self.weight[day] = weight
        z = np.clip(score.centred / np.sqrt(base.inflation), -clip, clip)
        # The level was estimated from so many days, and is wrong by about this much.
        doubt = weight * self.tuning.level_doubt / np.sqrt(np.maximum(trained, 1))
        shift = self.size * weight
        for side, sign in enumerate((1.0, -1.0)):
            gain = shift * (sign * z - doubt) - np.square(shift) / 2
            grown = np.maximum(self.sums[side] + gain, 0.0)
            self.sums[side] = np.where(judged & ~in_alarm, grown, self.sums[side])
            zero = self.sums[side] <= 0
            self.zeros[side] = np.where(zero, day + 1, self.zeros[side])

    def _repeats(self, day: int, mean: Array, deviation: Array, here: Flags) -> Flags:
        """Values that stand still longer than chance allows; zeros may."""
        base = self.base
        if day == 0:
            return np.zeros_like(here)
        before = base.y[day - 1]
        same = here & (base.y[day] == before) & (base.exposure[day] == base.exposure[day - 1])
        same &= (before != 0) & ~base.value
        spread = np.maximum(deviation, 0.5)
        density = np.exp(-np.square((before - mean) / spread) / 2) / (2.5 * spread)
        # An amount hits the same value by chance about never, whatever its spread.
        density = np.where(self.series.is_amount, density * 0.01, density)
        surprise = np.minimum(-np.log(np.clip(density, 1e-9, 1.0)), 12.0)
        self.repeated = np.where(same, self.repeated + surprise, 0.0)
        return np.asarray(self.repeated > self.limit + self.tuning.stale_margin)

    def _open(self, day: int, column: int, how: How, is_up: bool, level: float) -> None:
        onset = day
        if how == "shift":
            sums = self.sums[:, :, column]
            side, size = np.unravel_index(int(sums.argmax()), sums.shape)
            onset, is_up = min(int(self.zeros[side, size, column]), day), bool(side == 0)
            if not self._matters(day, column, onset, level):
                self._reset(day, column)
                return
        self.base.forget(column, onset, day)
        self.calm[column], self.calm_lean[column] = 0, 0.0
        profile = self.base.profile[:, column].copy()
        self.open[column] = Episode(column, day, onset, how, bool(is_up), level, profile, day)
        self.episodes.append(self.open[column])

    def _matters(self, day: int, column: int, onset: int, level: float) -> bool:
        """Whether a shift is large enough to be news."""
        span = slice(onset, day + 1)
        seen = (self.series.judged & self.series.present)[span, column]
        observed = self.base.y[span, column][seen].sum()
        expected = level * self.base.weighted_exposure[span, column][seen].sum()
        least = self.tuning.least_change
        if self.series.family[column] == VALUE:
            events = self.base.exposure[span, column][seen].sum()
            return bool(abs(observed - expected) / max(events, TINY) >= least)
        half = 0.5 * self.base.scale[column]
        return bool(abs(np.log((observed + half) / (expected + half))) >= least)

    def _close(self, day: int, score: Score, judged: Flags, order: Flags) -> None:
        telling = judged & (self.weight[day] > 0.3)
        near = np.abs(score.raw) < 2
        self.calm = np.where(telling, np.where(near, self.calm + 1, 0), self.calm)
        lean = np.where(near, self.calm_lean + score.raw, 0.0)
        self.calm_lean = np.where(telling, lean, self.calm_lean)
        for column, episode in list(self.open.items()):
            if episode.opened == day:
                continue
            self.base.forget(column, day, day)
            if telling[column] and not near[column]:
                episode.last_unusual = day
            if not telling[column]:
                continue  # a day without data is no sign of an end
            if day - episode.opened >= self.tuning.re_baseline_days:
                self.base.begin_again(column, episode.onset, day)
                episode.is_new_level = True
            elif not self._is_over(day, column, episode) or order[column]:
                continue
            episode.closed = day
            del self.open[column]
            self._reset(day, column)

    def _is_over(self, day: int, column: int, episode: Episode) -> bool:
        if episode.how != "shift":
            # Usual days that all lean the same way are a step, not the end of a spike.
            days = self.calm[column]
            balanced = abs(self.calm_lean[column]) < 1.5 * np.sqrt(days)
            return bool(days >= self.tuning.calm_days and balanced)
        if day - episode.opened < 7:
            return False
        span = slice(day - 13, day + 1)
        weight = self.weight[span, column]
        total = (self.base.residual[span, column] * weight).sum()
        z = total / np.sqrt(max(np.square(weight).sum(), TINY) * self.base.inflation[column])
        return bool((z if episode.is_up else -z) < 1.0)

    def _reset(self, day: int, column: int) -> None:
        self.sums[:, :, column] = 0.0
        self.zeros[:, :, column] = day + 1


def watch(series: Series, limit: float, tuning: Tuning = TUNING) -> Outcome:
    """Pass over all days. `limit` is the log likelihood ratio from which an alarm is raised."""
    state = Watch(series, limit, tuning)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        for day in range(len(series.y)):
            state.step(day)
    return Outcome(state.episodes, state.base)
