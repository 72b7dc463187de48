"""What is published of the KPIs, as far as the rules look at it."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Tables = Mapping[str, pa.Table]
# Of each published table what is read of `given`; a publication may lack the later ones.
QUERIES = {
    "values": (
        "kpi.fct_kpi_values",
        """
        select metric, grain, period_start, period_end, value, numerator, denominator, status, trust
        from given
        where scope = 'all' and grain != 'day'
        """,
    ),
    "status": ("kpi.fct_kpi_status", "select * from given where scope = 'all'"),
    "samples": ("kpi.fct_kpi_samples", "select * from given"),
    "cohorts": (
        "funnel.fct_cohort_conversions",
        """
        select distinct from_stage || '_to_' || to_stage as stage_pair, horizon_days
        from given
        """,
    ),
    "loads": ("load.load_log", "select distinct source, object from given where rows_in > 0"),
}
# What the groups of cases of the last months add to pairs of metrics: sum of cases x a x b.
MOMENTS = """
    select a.metric, b.metric, sum(a.cases * a.value * b.value)
    from samples as a
    inner join samples as b on a.semantic_model = b.semantic_model and a.group_id = b.group_id
    where a.month between $first and $last and b.month between $first and $last
    group by a.metric, b.metric
"""


@dataclass(frozen=True)
class Series:
    """A metric's values of one grain over all scopes, oldest first; NaN is no value.

    `is_computed` says which values can be used: neither withheld nor on too few cases.
    """

    starts: NDArray[np.datetime64]
    ends: NDArray[np.datetime64]
    value: Floats
    numerator: Floats
    denominator: Floats
    is_computed: NDArray[np.bool_]

    def until(self, day: date) -> "Series":
        """The periods that were over on a day."""
        return self._of(self.ends <= np.datetime64(day, "D"))

    def known(self) -> "Series":
        """From the second period with a value on: the first may have begun before the data."""
        there = np.flatnonzero(np.isfinite(self.value))
        return self._of(np.arange(len(self.value)) > (there[0] if len(there) else len(self.value)))

    def _of(self, chosen: NDArray[np.bool_]) -> "Series":
        return Series(*(getattr(self, name)[chosen] for name in self.__dataclass_fields__))


@dataclass(frozen=True)
class Data:
    """Series by metric and grain, the status of targets, and what intervals are made from.

    `horizons` are days by stage pair, `loaded` the sources and objects of which rows came (null
    where no log tells).
    """

    series: dict[tuple[str, str], Series]
    status: dict[tuple[str, str, date], dict[str, Any]]
    horizons: dict[str, int]
    loaded: frozenset[tuple[str, str]] | None
    samples: pa.Table | None

    def of(self, metric: str, grain: str) -> Series | None:
        """A series, of days that of weeks: single days say little."""
        return self.series.get((metric, "week" if grain == "day" else grain))

    def moments(self, first: date, last: date) -> dict[tuple[str, str], float]:
        """Sum of cases x value x value by pair of sampled metrics, over months."""
        if self.samples is None:
            return {}
        with duckdb.connect() as con:
            con.register("samples", self.samples)
            rows = con.execute(MOMENTS, {"first": first, "last": last}).fetchall()
        return {(a, b): float(total) for a, b, total in rows}


def read_tables(con: duckdb.DuckDBPyConnection) -> dict[str, pa.Table]:
    """The tables of a published database that are there."""
    relations = {}
    for name, (table, _) in QUERIES.items():
        with suppress(duckdb.CatalogException):
            relations[name] = con.table(table)
    return narrowed(relations)


def narrowed(relations: Mapping[str, duckdb.DuckDBPyRelation]) -> dict[str, pa.Table]:
    """What the rules read of the tables of `QUERIES`, by name."""
    return {
        name: result.to_arrow_table()
        for name, relation in relations.items()
        # A query always has a result; DuckDB's types allow none for statements.
        if (result := relation.query("given", QUERIES[name][1])) is not None
    }


def make_data(tables: Tables) -> Data:
    """Data from the tables of `QUERIES`; those that are absent count as empty."""
    status = _rows(tables, "status")
    loads = tables.get("loads")
    return Data(
        series=_series(tables["values"]) if "values" in tables else {},
        status={(row["metric"], row["grain"], row["period_start"]): row for row in status},
        horizons={
            row["stage_pair"]: int(row["horizon_days"])
            for row in _rows(tables, "cohorts")
            if row["horizon_days"] is not None
        },
        loaded=None if loads is None else frozenset(_pairs(loads)),
        samples=tables.get("samples"),
    )


def _rows(tables: Tables, name: str) -> list[dict[str, Any]]:
    return tables[name].to_pylist() if name in tables else []


def _pairs(loads: pa.Table) -> Iterable[tuple[str, str]]:
    return zip(loads["source"].to_pylist(), loads["object"].to_pylist(), strict=True)


def _series(values: pa.Table) -> dict[tuple[str, str], Series]:
    ordered = values.sort_by(
        [("metric", "ascending"), ("grain", "ascending"), ("period_start", "ascending")]
    )
    names, grains = (
        ordered[key].to_numpy(zero_copy_only=False).astype(str) for key in ("metric", "grain")
    )
    status, trust = (ordered[key].to_numpy(zero_copy_only=False) for key in ("status", "trust"))
    numbers = {
        key: ordered[key].cast(pa.float64()).to_numpy(zero_copy_only=False)
        for key in ("value", "numerator", "denominator")
    }
    days = {
        key: ordered[key].to_numpy(zero_copy_only=False).astype("datetime64[D]")
        for key in ("period_start", "period_end")
    }
    usable = np.isfinite(numbers["value"]) & (status != "insufficient") & (trust != "withheld")
    changes = (names[1:] != names[:-1]) | (grains[1:] != grains[:-1])
    borders = [0, *(np.flatnonzero(changes) + 1).tolist(), len(names)]
    return {
        (str(names[a]), str(grains[a])): Series(
            starts=days["period_start"][a:b],
            ends=days["period_end"][a:b],
            value=numbers["value"][a:b],
            numerator=numbers["numerator"][a:b],
            denominator=numbers["denominator"][a:b],
            is_computed=usable[a:b],
        )
        for a, b in pairwise(borders)
        if b > a
    }
