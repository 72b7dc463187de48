"""Shared array types and small numpy helpers of the simulator.

Times are int64 seconds of Japanese wall-clock time since 1970-01-01 00:00 (Japan has no daylight
saving), so that `t // DAY` is the business date. `NEVER` stands for what does not happen.
"""

from datetime import UTC, date, datetime, timedelta
from typing import TypeAlias
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

Ints: TypeAlias = NDArray[np.int64]
Floats: TypeAlias = NDArray[np.float64]
Bools: TypeAlias = NDArray[np.bool_]

DAY = 86_400
JST_OFFSET = 9 * 3600
NEVER = 2**62
EPOCH = date(1970, 1, 1)


def stream(seed: int, part: str) -> np.random.Generator:
    """A random stream of its own for each part, so that one part does not shift the others."""
    return np.random.Generator(
        np.random.PCG64(np.random.SeedSequence([seed, crc32(part.encode())]))
    )


def day_number(day: date) -> int:
    """Days since 1970-01-01."""
    return (day - EPOCH).days


def to_date(number: int) -> date:
    """The inverse of `day_number`."""
    return EPOCH + timedelta(days=number)


def end_of(day: date) -> int:
    """The last second of a day."""
    return (day_number(day) + 1) * DAY - 1


def pick(rng: np.random.Generator, size: int, weights: Floats) -> Ints:
    """Draw `size` category indices with the given weights (they need not sum to one)."""
    edges = np.cumsum(weights / weights.sum())
    drawn = np.searchsorted(edges, rng.random(size), side="right")
    return np.minimum(drawn, len(weights) - 1).astype(np.int64)


def never(size: int) -> Ints:
    """An array of times that do not happen."""
    return np.full(size, NEVER, dtype=np.int64)


def wall_text(seconds: int, form: str = "%Y-%m-%d %H:%M") -> str:
    """A wall-clock time as text; the empty text for what does not happen."""
    if seconds >= NEVER:
        return ""
    # Wall seconds read as if UTC show the wall clock.
    return datetime.fromtimestamp(int(seconds), UTC).strftime(form)


def add_months(day: date, months: int) -> date:
    """The same day of another month, moved back to that month's last day where it is shorter."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    first_of_next = date(year + (month + 1) // 12, (month + 1) % 12 + 1, 1)
    last = (first_of_next - timedelta(days=1)).day
    return date(year, month + 1, min(day.day, last))
