"""How much has to come in by when: a target solved backwards through the funnel's curves.

A stage's items reach the end of the funnel through all pairs that follow; lags add up, so the share
that has arrived after so many days is a convolution of the pairs' curves. Who enters a stage later
than the end of the period less the shortest lag is of no use for it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from keiro.goals.arrays import Floats, Ints
from keiro.goals.chances import Curve

# A day is still useful for a period while so large a part of what ever converts does so in time.
USEFUL_SHARE = 0.1
# Nobody multiplies an inflow at will: twice the best four weeks ever seen is the most.
STRETCH = 2.0
BEST_DAYS = 20


@dataclass(frozen=True)
class Stage:
    """A stage on the way to the metric: the pair out of it, its open items, its daily inflow.

    `inflow` are entries by day up to the as-of date; NaN where a day is not known.
    """

    name: str
    pair: str
    curve: Curve
    open_ages: Ints
    inflow: Floats


@dataclass(frozen=True)
class Need:
    """What a stage has to take in from tomorrow on; rates are entries per business day.

    `expected` is what all stages from this one on will have brought by the end at the present rate.
    `last_start` counts days from tomorrow (0): the last day on which the inflow has to begin at
    `best_possible` for the target to be reached, negative when it has passed; null when the target
    is expected to be reached as things go, or could not have been reached within a year.
    `last_useful` is the last day on which an entry still helps, null when none does.
    """

    stage: str
    stage_pair: str
    open_items: int
    from_open: float
    chance_by_end: float
    rate: float
    rate_needed: float | None
    best_possible: float
    expected: float
    last_start: int | None
    last_useful: int | None
    is_reachable: bool


def arrival_shares(curves: Sequence[Curve], days: int) -> Floats:
    """The share of entries that is through all pairs in turn after 0 to `days` days."""
    density = np.zeros(days + 1)
    density[0] = 1.0
    for curve in curves:
        step = np.diff(curve.conversion, prepend=0.0)[: days + 1]
        density = np.convolve(density, step)[: days + 1]
    return np.cumsum(density)


def from_open_items(ages: Ints, curve: Curve, downstream: Floats, days: int) -> float:
    """How many open items are expected through their own pair and all that follow within `days`."""
    if not len(ages):
        return 0.0
    conversion, staying = curve.conversion, curve.staying
    last = len(conversion) - 1
    ages, counts = np.unique(np.minimum(ages, last), return_counts=True)
    ahead = np.minimum(ages[:, None] + np.arange(days + 1), last)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = (conversion[ahead] - conversion[ages][:, None]) / staying[ages][:, None]
    share = np.clip(np.nan_to_num(share, nan=0.0, posinf=0.0), 0.0, 1.0)
    leaving = (np.diff(share, axis=1, prepend=0.0) * counts[:, None]).sum(axis=0)
    return float(leaving @ downstream[days - np.arange(days + 1)])


def solve(
    stages: Sequence[Stage],
    missing: float,
    is_business: Sequence[bool],
    was_business: Sequence[bool] = (),
) -> list[Need]:
    """What each stage has to take in so that `missing` more arrive by the end of the period.

    Args:
        stages: from the first of the funnel to the last before the metric.
        missing: how many are still missing; cases, not amounts.
        is_business: the coming days of the period; entries are counted on business days.
        was_business: the days up to today, oldest first, to date back when it could have begun.

    Returns:
        One need per stage. Each is the whole need, told at that stage: they are not to be added.

    """
    days, before = len(is_business), len(was_business)
    open_days = np.asarray([*was_business, *is_business], bool)
    needs, brought = [], 0.0
    for place in range(len(stages) - 1, -1, -1):
        stage = stages[place]
        downstream = arrival_shares([later.curve for later in stages[place + 1 :]], days)
        through = arrival_shares([later.curve for later in stages[place:]], days + before)
        own = from_open_items(stage.open_ages, stage.curve, downstream, days)
        brought += own
        # An entry has the days after its own until the end of the period.
        useful = np.where(open_days, through[:-1][::-1], 0.0)
        needs.append(_need(stage, useful, before, through, brought, own, missing))
    return needs[::-1]


def _need(  # noqa: PLR0913, PLR0917
    stage: Stage,
    useful: Floats,
    before: int,
    through: Floats,
    brought: float,
    own: float,
    missing: float,
) -> Need:
    coming = useful[before:]
    weight = float(coming.sum())
    rate, best = _rates(stage.inflow)
    left = missing - brought
    gap = left - rate * weight
    last_start = None
    if gap > 0:
        extra = (STRETCH * best - rate) * np.cumsum(useful[::-1])[::-1]
        enough = np.flatnonzero(extra >= gap)
        last_start = int(enough[-1]) - before if len(enough) else None
    late = np.flatnonzero((coming >= USEFUL_SHARE * through[-1]) & (coming > 0))
    return Need(
        stage=stage.name,
        stage_pair=stage.pair,
        open_items=len(stage.open_ages),
        from_open=own,
        chance_by_end=float(through[max(len(coming) - 1, 0)]),
        rate=rate,
        rate_needed=max(left, 0.0) / weight if weight > 0 else None,
        best_possible=STRETCH * best,
        expected=brought + rate * weight,
        last_start=last_start,
        last_useful=int(late[-1]) if len(late) else None,
        is_reachable=gap <= 0 or (last_start is not None and last_start >= 0),
    )


def _rates(inflow: Floats) -> tuple[float, float]:
    """Entries per business day of the last sixty, and of the best twenty in a row."""
    known = inflow[np.isfinite(inflow)]
    if not len(known):
        return 0.0, 0.0
    size = min(BEST_DAYS, len(known))
    sums = np.convolve(known, np.ones(size), mode="valid") / size
    return float(known[-60:].mean()), float(sums.max())
