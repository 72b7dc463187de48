"""One pass over the days, all indicators side by side: spikes, shifts, laws, repeats.

Each day, windows of one day to two months that end on it are compared with the level of the days
before them; the most surprising one decides (one day or two: a spike; more: a shift, which it
dates too). Beside them the laws that need no statistics: a numerator above its denominator, a
source that repeats itself. A day costs some dozen array operations whatever the number of
indicators.
"""

from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np

from keiro.stats.baseline import Baseline, Level, Sums
from keiro.stats.families import TINY, Array, Tails
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


class Seen(NamedTuple):
    """What the windows that end on a day say, windows × series."""

    sums: Sums
    level: Level
    tails: Tails
    evidence: Array


class Watch:
    """The state between two days."""

    def __init__(self, series: Series, limit: float, tuning: Tuning = TUNING) -> None:
        width = series.y.shape[1]
        self.series, self.limit, self.tuning = series, limit, tuning
        self.base = Baseline(series, tuning)
        self.lengths: Whole = np.asarray(tuning.windows, dtype=np.int64)[:, None]
        self.begun: Whole = np.zeros(width, dtype=np.int64)  # windows begin here at the earliest
        self.repeated = np.zeros(width)
        self.calm: Whole = np.zeros(width, dtype=np.int64)
        self.calm_lean = np.zeros(width)
        self.open: dict[int, Episode] = {}
        self.episodes: list[Episode] = []

    def step(self, day: int) -> None:
        """Judge one day, then learn from it."""
        base, width = self.base, self.series.y.shape[1]
        if day % 7 == 0 and day >= 21:
            base.learn(day)
        base.sum_up(day - 1)
        yesterday = base.level(np.full((1, width), day)).first
        here = self.series.judged[day] & self.series.present[day]
        ready = base.value | (yesterday.events >= self.tuning.least_training_events)
        ready &= base.started(day) & (yesterday.days >= self.tuning.least_training_days)
        deviation = base.clean(day, yesterday, ready)
        base.sum_up(day)
        in_alarm = self._in_alarm()
        seen = self._look(day, here, ready & here & ~in_alarm)
        y, most = self.series.y[day], self.series.exposure[day]
        order = np.isfinite(y) & self.series.judged[day] & self.series.is_limited & (y > most)
        mean = seen.level.value[0] * base.exposure[day]
        repeat = self._repeats(day, mean, deviation, here) & ready
        self._close(day, seen.tails.first.z, ready & here, order)
        best = seen.evidence.argmax(0)
        wary = np.where(day < self.begun + self.tuning.wary_days, self.tuning.wary, 0.0)
        limit = self.limit + np.where(self.begun > 0, wary, 0.0)
        found = seen.evidence.max(0) > limit
        for column in np.flatnonzero((found | order | repeat) & ~in_alarm):
            how: How = "order" if order[column] else "repeat" if repeat[column] else "shift"
            self._open(day, int(column), how, int(best[column]), seen)

    def _look(self, day: int, here: Flags, told: Flags) -> Seen:
        """All windows that end today; what is not `told` gives no evidence."""
        base = self.base
        start = np.maximum(day + 1 - self.lengths, 0) + np.zeros_like(told, dtype=np.int64)
        sums, level = base.window(start, day), base.level(start)
        sums.y[0] = np.where(here, base.y[day], 0.0)  # a single day is judged as it is, uncut
        whole = told & (start >= self.begun) & (sums.days > 0)
        whole &= level.days >= self.tuning.least_training_days
        base.remember(day, sums, level, whole & (sums.doubtful == 0))
        excess = base.doubt(sums)
        tails = base.tails(sums, level, excess)
        # Waiting for more events only pays where counting is the noise, not the wandering level.
        patient = self.lengths > self.tuning.patient_days
        whole &= ~patient | base.is_counting(sums, level, excess)
        evidence = tails.evidence + np.where(patient & base.rate, self.tuning.patient_ease, 0.0)
        return Seen(sums, level, tails, np.where(whole, evidence, 0.0))

    def _in_alarm(self) -> Flags:
        flags = np.zeros(self.series.y.shape[1], dtype=bool)
        flags[list(self.open)] = True
        return flags

    def _repeats(self, day: int, mean: Array, deviation: Array, here: Flags) -> Flags:
        """Values that stand still longer than chance allows; zeros may."""
        base = self.base
        if day == 0:
            return np.zeros_like(here)
        before = base.y[day - 1]
        same = here & (base.y[day] == before) & (base.n[day] == base.n[day - 1])
        same &= (before != 0) & ~base.value
        spread = np.maximum(deviation, 0.5)
        density = np.exp(-np.square((before - mean) / spread) / 2) / (2.5 * spread)
        # An amount hits the same value by chance about never, whatever its spread.
        density = np.where(self.series.is_amount, density * 0.01, density)
        surprise = np.minimum(-np.log(np.clip(density, 1e-9, 1.0)), 12.0)
        self.repeated = np.where(same, self.repeated + surprise, 0.0)
        return np.asarray(self.repeated > self.limit + self.tuning.stale_margin)

    def _open(self, day: int, column: int, how: How, window: int, seen: Seen) -> None:
        onset, length = day, self.tuning.windows[window]
        if how == "shift":
            onset = day + 1 - length
            how = "spike" if length <= self.tuning.spike_days else how
        is_up, level = seen.tails.is_up[window, column], seen.level.value[window, column]
        profile = self.base.profile[:, column].copy()
        episode = Episode(column, day, onset, how, bool(is_up), float(level), profile, day)
        if how == "shift" and not self._matters(day, episode):
            self.begun[column] = day + 1
            return
        self.base.forget(column, onset, day)
        self.calm[column], self.calm_lean[column] = 0, 0.0
        self.open[column] = episode
        self.episodes.append(episode)

    def _matters(self, day: int, episode: Episode) -> bool:
        """Whether a shift is large enough to be news."""
        column, span = episode.series, slice(episode.onset, day + 1)
        seen = (self.series.judged & self.series.present)[span, column]
        observed = self.base.y[span, column][seen].sum()
        expected = episode.level * self.base.exposure[span, column][seen].sum()
        least = self.tuning.least_change
        if self.series.family[column] == VALUE:
            events = self.base.n[span, column][seen].sum()
            return bool(abs(observed - expected) / max(events, TINY) >= least)
        half = 0.5 * self.base.scale[column]
        return bool(abs(np.log((observed + half) / (expected + half))) >= least)

    def _close(self, day: int, z: Array, judged: Flags, order: Flags) -> None:
        near = np.abs(z) < 2
        self.calm = np.where(judged, np.where(near, self.calm + 1, 0), self.calm)
        lean = np.where(near, self.calm_lean + z, 0.0)
        self.calm_lean = np.where(judged, lean, self.calm_lean)
        for column, episode in list(self.open.items()):
            self.base.forget(column, day, day)
            if judged[column] and not near[column]:
                episode.last_unusual = day
            if not judged[column]:
                continue  # a day without data is no sign of an end
            if day - episode.opened >= self.tuning.re_baseline_days:
                self.base.begin_again(column, episode.onset, day)
                episode.is_new_level = True
            elif not self._is_over(day, column, episode) or order[column]:
                continue
            episode.closed = day
            del self.open[column]
            self.begun[column] = day + 1

    def _is_over(self, day: int, column: int, episode: Episode) -> bool:
        if episode.how != "shift":
            # Usual days that all lean the same way are a step, not the end of a spike.
            days = self.calm[column]
            balanced = abs(self.calm_lean[column]) < 1.5 * np.sqrt(days)
            return bool(days >= self.tuning.calm_days and balanced)
        if day - episode.opened < 7:
            return False
        # The last week against the level before the alarm, which its days never entered.
        week = int(np.searchsorted(self.tuning.windows, 7))
        z = float(self._since(day, column, self.tuning.windows[week], week))
        return (z if episode.is_up else -z) < 1.0

    def _since(self, day: int, column: int, length: int, window: int) -> float:
        base = self.base
        end = np.full((1, base.y.shape[1]), self.open[column].onset)
        sums = base.window(np.full_like(end, day + 1 - length), day)
        return float(base.tails(sums, base.level(end), base.excess[[window]]).z[0, column])


def watch(series: Series, limit: float, tuning: Tuning = TUNING) -> Outcome:
    """Pass over all days. `limit` is the evidence from which an alarm is raised."""
    state = Watch(series, limit, tuning)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        for day in range(len(series.y)):
            state.step(day)
    return Outcome(state.episodes, state.base)
