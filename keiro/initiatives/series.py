"""Rows of measured series as panels: which periods lie before the start, and which are measured."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np

from keiro.initiatives.designs import Design
from keiro.initiatives.panel import Arm, Panel

EPOCH = date(1970, 1, 5)  # a Monday: weeks are numbered from it
DAYS = {"day": 1, "week": 7}
# A year of weeks; of days as many as tell the noise, without a season of their own.
HISTORY_DAYS = {"day": 91, "week": 364}


@dataclass(frozen=True)
class Window:
    """When an initiative began, and from when to when its effect is measured."""

    start: date
    measured_from: date
    measured_to: date

    def planned(self, grain: str) -> int:
        """How many whole periods lie in the measured time."""
        size = DAYS[grain]
        first = -((EPOCH - self.measured_from).days // size)
        end = (self.measured_to - EPOCH).days + 1
        return max(end // size - first, 0)


def grain_of(design: Design) -> str:
    """Weeks have no weekday shape; of a randomised comparison it drops out, and days are more."""
    return "day" if design == "randomised" else "week"


def build_panel(
    series: Sequence[Mapping[str, Any]], grain: str, window: Window, *, with_control: bool = True
) -> Panel:
    """The periods that both arms have, before the start and in the measured time."""
    treated = _arm(series, "treated", grain)
    control = _arm(series, "control", grain) if with_control else {}
    has_control = bool(control)
    earliest = window.start - timedelta(days=HISTORY_DAYS[grain])
    rows = [
        (start, start >= window.measured_from)
        for start in sorted(treated)
        if (not has_control or start in control)
        and (
            earliest <= start <= window.start - timedelta(days=DAYS[grain])
            or window.measured_from <= start <= window.measured_to - timedelta(days=DAYS[grain] - 1)
        )
    ]
    starts = [start for start, _ in rows]
    return Panel(
        periods=np.array([(start - EPOCH).days // DAYS[grain] for start in starts], np.int64),
        is_after=np.array([after for _, after in rows], np.bool_),
        treated=_taken(treated, starts),
        control=_taken(control, starts) if has_control else None,
    )


def _arm(
    series: Sequence[Mapping[str, Any]], arm: str, grain: str
) -> dict[date, tuple[float, float]]:
    return {
        row["period_start"]: (float(row["numerator"]), float(row["exposure"]))
        for row in series
        if row["arm"] == arm and row["grain"] == grain
    }


def _taken(arm: Mapping[date, tuple[float, float]], starts: Sequence[date]) -> Arm:
    values = np.array([arm[start] for start in starts], np.float64).reshape(-1, 2)
    return Arm(values[:, 0], values[:, 1])
