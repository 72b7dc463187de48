"""What is asked for, and the part of a series that a forecast of it sees."""

from dataclasses import dataclass

import numpy as np

from keiro.goals.arrays import Floats
from keiro.goals.days import Calendar
from keiro.goals.facts import Facts, Series
from keiro.goals.outlook import Horizon

# What a forecast looks back on: longer ago says nothing of today's level.
DAYS_KEPT = 1100


@dataclass(frozen=True)
class Wanted:
    """What is to be forecast; days are day numbers.

    `value` is what was reached by the as-of date (of a rate, the value so far), null where it is
    not known; `numerator` and `denominator` are its parts. `numerator_kind` is the kind of what a
    quotient divides. `followed_days` after a period's end its cases have been followed.
    """

    metric: str
    scope: str
    grain: str
    period_start: int
    period_end: int
    kind: str
    direction: str
    value: float | None = None
    numerator: float | None = None
    denominator: float | None = None
    is_withheld: bool = False
    target: float | None = None
    is_quotient: bool = False
    numerator_kind: str | None = None
    inflow_metric: str | None = None
    inflow_stage_pair: str | None = None
    followed_days: int = 0


@dataclass(frozen=True)
class View:
    """A series up to the last day that is known, beside the days that its period still has."""

    facts: Facts
    wanted: Wanted
    series: Series
    known_until: int
    draws: int

    @property
    def first(self) -> int:
        """The first day that is looked at."""
        return max(self.series.first, self.known_until + 1 - DAYS_KEPT)

    def past(self, values: Floats) -> Floats:
        """Values of the known days."""
        begin, end = self.first - self.series.first, self.known_until + 1 - self.series.first
        return values[max(begin, 0) : max(end, 0)]

    def of_other(self, series: Series | None) -> Floats:
        """Values of another metric on the same days; nothing happened before it was recorded."""
        days = np.zeros(max(self.known_until + 1 - self.first, 0))
        if series is not None:
            start = max(series.first, self.first)
            values = series.value[start - series.first : self.known_until + 1 - series.first]
            days[start - self.first : start - self.first + len(values)] = values
        return days

    def reached(self, values: Floats) -> float:
        """The sum over the known days of the period."""
        begin = max(self.wanted.period_start, self.series.first) - self.series.first
        return float(
            np.nansum(values[begin : max(self.known_until + 1 - self.series.first, begin)])
        )

    @property
    def horizon(self) -> Horizon:
        """The known days and those to come."""
        known = max(self.known_until + 1 - self.first, 0)
        left = max(self.wanted.period_end - self.known_until, 0)
        begin = self.first - self.facts.first_day
        return Horizon(
            calendar=self._calendar(begin, begin + known + left),
            known=known,
            left=left,
            shape=self._shape(begin, begin + known + left),
            before=int(np.clip(self.wanted.period_start - self.known_until - 1, 0, left)),
        )

    def _calendar(self, begin: int, end: int) -> Calendar:
        return self.facts.calendar.part(begin, end)

    def _shape(self, begin: int, end: int) -> Floats | None:
        wanted = self.wanted
        weights = self.facts.shapes.get((wanted.metric, wanted.scope, wanted.grain))
        if weights is None:
            return None
        return weights[np.minimum(self.facts.parts[wanted.grain][begin:end], len(weights) - 1)]
