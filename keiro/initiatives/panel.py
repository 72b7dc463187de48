"""What is measured of an initiative: aligned series of numerators and exposures by period."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from keiro.initiatives.fitting import Floats

Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Arm:
    """Numerator and exposure of one measured series, by period; the exposure is positive."""

    numerator: Floats
    exposure: Floats

    def rows(self, kept: Mask) -> "Arm":
        """Some of its periods."""
        return Arm(self.numerator[kept], self.exposure[kept])

    def followed_by_its_end(self, planned: int) -> "Arm":
        """The series and then, for periods to come, what came last in it."""
        last = np.resize(np.arange(len(self.numerator))[-planned:], planned)
        return Arm(
            np.concatenate([self.numerator, self.numerator[last]]),
            np.concatenate([self.exposure, self.exposure[last]]),
        )

    def smoothed_log(self, span: int) -> Floats:
        """The logarithm of its level, each period's with those around it, `span` in all."""
        window = np.ones(span)
        sums = [
            np.convolve(np.pad(part, span // 2), window, mode="valid")
            for part in (self.numerator, self.exposure)
        ]
        return np.asarray(np.log((sums[0] + 0.5) / sums[1]))

    def with_a_case(self, is_after: Mask) -> "Arm":
        """Half a case where before or after has none at all: its logarithm must exist."""
        filled = self.numerator.copy()
        for rows in (is_after, ~is_after):
            if rows.any() and filled[rows].sum() == 0:
                filled[rows] += 0.5 / rows.sum()
        return Arm(filled, self.exposure)


@dataclass(frozen=True)
class Panel:
    """The treated series, its control where it has one, and which periods are after the start.

    `periods` are numbers of weeks or days, in order.
    """

    periods: NDArray[np.int64]
    is_after: Mask
    treated: Arm
    control: Arm | None

    @property
    def before(self) -> int:
        """Periods before the start."""
        return int((~self.is_after).sum())

    @property
    def after(self) -> int:
        """Periods in which the effect is measured."""
        return int(self.is_after.sum())

    def rows(self, kept: Mask) -> "Panel":
        """Some of its periods."""
        control = None if self.control is None else self.control.rows(kept)
        return Panel(self.periods[kept], self.is_after[kept], self.treated.rows(kept), control)

    def with_a_case(self) -> "Panel":
        """Half a case where one side of a comparison has none at all."""
        control = None if self.control is None else self.control.with_a_case(self.is_after)
        treated = self.treated.with_a_case(self.is_after)
        return Panel(self.periods, self.is_after, treated, control)

    def planned_on(self, planned: int) -> "Panel":
        """The periods before the start and as many planned ones after them."""
        past = self.rows(~self.is_after)
        future = past.periods[-1] + np.arange(1, planned + 1)
        control = None if past.control is None else past.control.followed_by_its_end(planned)
        return Panel(
            np.concatenate([past.periods, future]),
            np.concatenate([past.is_after, np.ones(planned, dtype=np.bool_)]),
            past.treated.followed_by_its_end(planned),
            control,
        )
