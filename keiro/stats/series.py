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

    short_days: int = 28  # the level that a spike is compared with
    short_gap: int = 2
    long_days: tuple[int, ...] = (63, 182, 364)  # and a shift; longer where events are few
    long_gap: int = 10  # guard: a beginning slide must not be its own norm
    longest_suspicion: int = 120  # days for which a suspected slide stays out of its norm
    suspicion: float = 1.0  # log likelihood ratio from which a slide is suspected
    memory_prior: float = 400.0  # squared scores by which memory leans on none
    spike_share: float = 0.8  # of the limit, for one day alone
    enough_events: float = 250.0
    shifts: tuple[float, ...] = (0.3, 0.6, 1.2, 2.4)  # sizes looked for, in deviations a day
    clip: float = 3.0  # the most that one day adds to a shift
    level_doubt: float = 0.5  # deviations by which the level itself may be wrong
    least_change: float = 0.08  # smaller shifts are no news, however certain
    stale_margin: float = 2.0
    warm_up_days: int = 84  # no verdict before: twelve of each weekday
    least_training_days: int = 14
    least_training_events: float = 25.0
    re_baseline_days: int = 21  # after so long in alarm the new level is the normal one
    calm_days: int = 3  # a spike is over after so many usual days
    over_dispersion: float = 0.01  # prior τ², and its weight in squared events
    over_dispersion_weight: float = 400.0
    correlation_weight: float = 1000.0  # the same for ρ, in denominators
    profile_weight: float = 30.0  # events by which a weekday's factor leans on the panel's
    profile_days: int = 147
    sparse_share: float = 0.08  # share of empty days from which an amount counts as few events


TUNING = Tuning()
