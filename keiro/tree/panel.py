"""The published values of one grain as arrays by metric, period and scope."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, Literal

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from keiro.tree.effects import Array
from keiro.tree.formula import Formula, parse_formula

Comparison = Literal["previous", "year_before", "target"]
Indices = NDArray[np.intp]

ALL = "all"
# What no segment claims: the whole less the sum of the segments.
UNASSIGNED = "(unassigned)"
STATUSES = ("final", "provisional", "insufficient")
TRUSTS = ("ok", "drifting", "withheld")
MONTHS = {"month": 1, "fiscal_quarter": 3, "fiscal_year": 12}
COLUMNS = ("value", "numerator", "denominator", "n")


@dataclass(frozen=True)
class Measure:
    """What the arithmetic must know of a metric: a row of `kpi.dim_kpis`."""

    metric: str
    unit: str
    kind: str
    numerator: str | None
    denominator: str | None
    range_max: float | None
    formula: Formula | None

    @property
    def is_additive(self) -> bool:
        """Whether the values of segments sum to the value of the whole."""
        return self.kind in ("count", "amount", "stock")

    @property
    def is_quotient(self) -> bool:
        """Whether it is one metric divided by another."""
        return self.kind in ("rate", "ratio") and self.numerator is not None

    @property
    def is_share(self) -> bool:
        """Whether the cases of its numerator are among those of its denominator."""
        return self.is_quotient and self.range_max == 1


def read_measures(rows: Iterable[Mapping[str, Any]]) -> dict[str, Measure]:
    """Measures by metric, from rows of `kpi.dim_kpis`."""
    return {
        row["metric"]: Measure(
            metric=row["metric"],
            unit=row["unit"],
            kind=row["kind"],
            numerator=row["numerator_metric"],
            denominator=row["denominator_metric"],
            range_max=row["range_max"],
            formula=parse_formula(row["identity_formula"]) if row["identity_formula"] else None,
        )
        for row in rows
    }


class Panel:
    """Values of one grain. Arrays are by metric, period and scope; NaN is no value.

    `scopes` begins with `all`. `status` and `trust` count from 0 as `STATUSES` and `TRUSTS` do, and
    where there is no row they are 0 and the value is NaN.
    """

    def __init__(self, grain: str, kpi_values: pa.Table, as_of: date) -> None:
        """Take the rows of `kpi.fct_kpi_values` of this grain."""
        self.grain = grain
        self.as_of = np.datetime64(as_of, "D")
        columns = {name: kpi_values[name].to_numpy() for name in ("metric", "scope")}
        starts = kpi_values["period_start"].to_numpy().astype("datetime64[D]")
        self.metrics, metric = _factors(columns["metric"])
        scopes, scope = _factors(columns["scope"])
        self.periods, period = np.unique(starts, return_inverse=True)
        # `all` first, whatever sorts before it.
        order = sorted(range(len(scopes)), key=lambda index: (scopes[index] != ALL, scopes[index]))
        self.scopes = tuple(scopes[index] for index in order)
        scope = np.argsort(order)[scope] if order else scope
        shape = (len(self.metrics), len(self.periods), len(self.scopes))
        cells = (metric, period, scope)
        self._arrays = {name: self._filled(kpi_values, name, shape, cells) for name in COLUMNS}
        self.status = _coded(kpi_values["status"].to_numpy(), STATUSES, shape, cells)
        self.trust = _coded(kpi_values["trust"].to_numpy(), TRUSTS, shape, cells)
        self.ends = np.full(shape[1], np.datetime64("NaT"), dtype="datetime64[D]")
        self.ends[period] = kpi_values["period_end"].to_numpy().astype("datetime64[D]")

    @staticmethod
    def _filled(
        kpi_values: pa.Table, name: str, shape: tuple[int, ...], cells: tuple[Indices, ...]
    ) -> Array:
        array = np.full(shape, np.nan)
        array[cells] = kpi_values[name].cast(pa.float64()).to_numpy()
        return array

    @cached_property
    def position(self) -> dict[str, int]:
        """The index of each metric."""
        return {metric: index for index, metric in enumerate(self.metrics)}

    @cached_property
    def period_index(self) -> dict[np.datetime64, int]:
        """The index of each first day of a period."""
        return {start: index for index, start in enumerate(self.periods)}

    def column(self, name: str, metrics: Iterable[str]) -> Array:
        """A column of `COLUMNS` by metric, period and scope."""
        return self._arrays[name][[self.position[metric] for metric in metrics]]

    def coded(self, codes: NDArray[np.int8], metrics: Iterable[str]) -> NDArray[np.int8]:
        """The worst of `status` or `trust` over metrics, by period and scope."""
        worst: NDArray[np.int8] = codes[[self.position[metric] for metric in metrics]].max(axis=0)
        return worst

    def knows(self, metrics: Iterable[str]) -> bool:
        """Whether all metrics have rows."""
        return all(metric in self.position for metric in metrics)

    def pairs(self, comparison: Comparison) -> tuple[Indices, Indices]:
        """Indices of the periods before and after, of those that are over as of the as-of date."""
        back = MONTHS[self.grain] if comparison == "previous" else 12
        found = [
            (self.period_index[before], index)
            for index, start in enumerate(self.periods)
            if self.ends[index] <= self.as_of
            and (before := months_before(start, back)) in self.period_index
        ]
        if comparison == "year_before" and self.grain == "fiscal_year":
            found = []
        pairs = np.array(found, dtype=np.intp).reshape(-1, 2)
        return pairs[:, 0], pairs[:, 1]


def months_before(day: np.datetime64, months: int) -> np.datetime64:
    """The first day of a month as many months earlier."""
    return (day.astype("datetime64[M]") - months).astype("datetime64[D]")  # type: ignore[no-any-return]


def _factors(values: NDArray[Any]) -> tuple[tuple[str, ...], Indices]:
    names, codes = np.unique(values.astype(str), return_inverse=True)
    return tuple(str(name) for name in names), codes


def _coded(
    values: NDArray[Any],
    names: tuple[str, ...],
    shape: tuple[int, ...],
    cells: tuple[Indices, ...],
) -> NDArray[np.int8]:
    codes = np.zeros(shape, dtype=np.int8)
    for code, name in enumerate(names):
        hits = values == name
        codes[tuple(axis[hits] for axis in cells)] = code
    return codes
