"""The panel that is judged, as arrays of days × indicators."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from keiro.stats.families import Array

Flags = NDArray[np.bool_]
Whole = NDArray[np.int64]

COUNT, RATE, VALUE = 0, 1, 2


@dataclass(frozen=True)
class Series:
    """What the watch reads, days × series. One indicator may be watched as two series.

    `y` is what is scored given `exposure`: a count given 1, a numerator given its denominator,
    events given the spend (for cost per event), the sum of log values given the number of events.
    NaN where the day is absent. `judged` is false on days that say nothing: holidays and closures
    on weekdays, announced campaigns, empty denominators. For each series: `family`, whether it is
    an `amount` (a sum whose scale is learnt), whether `y` can only be at most `exposure`
    (`is_limited`), and the `indicator` that it belongs to.
    """

    weekday: Whole
    y: Array
    exposure: Array
    judged: Flags
    doubtful: Flags
    family: Whole
    is_amount: Flags
    is_limited: Flags
    indicator: Whole

    @property
    def present(self) -> Flags:
        """Where there is something to compare: a value and an exposure above zero."""
        return np.isfinite(self.y) & np.isfinite(self.exposure) & (self.exposure > 0)


@dataclass(frozen=True)
class Tuning:
    """What was chosen on simulated companies; `benchmarks` and the tests show what it achieves."""

    windows: tuple[int, ...] = (1, 2, 3, 5, 7, 10, 14, 21, 30, 60, 90)  # days summed
    patient_days: int = 30  # longer windows only where events are few
    patient_ease: float = 1.5  # and, for rates, with less evidence: they are seldom wrong
    short_days: int = 42  # the level that they are compared with
    long_days: int = 364  # what it leans on where events are few
    lean_events: float = 400.0  # by so many events
    lean_values: float = 20.0  # or so many values
    profile_days: int = 147  # memory for weekday factors and dispersion
    profile_weight: float = 30.0  # events by which a weekday's factor leans on the panel's
    excess: tuple[float, float] = (0.02, 0.002)  # prior over-dispersion: of a day, of a level
    steady: float = 0.25  # times as much of the level's for rates: they wander less than volumes
    quotient: float = 4.0  # times as much for a quotient of two counts
    excess_weight: float = 400.0  # squared events by which it counts
    excess_windows: float = 6.0  # and windows
    rate_weight: float = 4000.0  # the same for rates, in squared denominators times p(1-p)
    outlying: float = 3.0  # deviations beyond which an error says nothing about the usual spread
    clip: float = 4.0  # deviations to which a day is cut before it is summed or learnt from
    doubtful: float = 0.15  # over-dispersion beside holidays: catching up, a longer weekend
    least_change: float = 0.08  # smaller shifts are no news, however certain
    spike_days: int = 2  # an alarm of so few days is a spike
    stale_margin: float = 2.0
    warm_up_days: int = 84  # no verdict before: twelve of each weekday
    least_training_days: int = 14
    least_training_events: float = 25.0
    re_baseline_days: int = 21  # after so long in alarm the new level is the normal one
    wary_days: int = 42  # after an alarm the level is hardly known, and
    wary: float = 3.0  # so much more evidence is asked for
    calm_days: int = 3  # a spike is over after so many usual days
    sparse_share: float = 0.08  # share of empty days from which an amount counts as few events


TUNING = Tuning()
