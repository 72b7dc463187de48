"""The table `kpi.fct_kpi_contributions`, from published tables."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from keiro.tree.cohorts import CohortWins, cohort_parts
from keiro.tree.contributions import (
    Compared,
    Part,
    bounds,
    identity_parts,
    segment_parts,
)
from keiro.tree.draws import Draws
from keiro.tree.effects import Array
from keiro.tree.panel import MONTHS, STATUSES, TRUSTS, Measure, Panel, read_measures
from keiro.tree.targets import Missed, read_targets, target_parts

SCHEMA = pa.schema(
    [
        *((name, pa.string()) for name in ("metric", "comparison", "grain", "scope")),
        ("decomposition", pa.string()),
        ("from_period", pa.date32()),
        ("to_period", pa.date32()),
        ("driver", pa.string()),
        ("effect", pa.string()),
        *((name, pa.float64()) for name in ("contribution", "lower", "upper")),
        ("method", pa.string()),
        *((name, pa.float64()) for name in ("from_value", "to_value", "change")),
        *((name, pa.float64()) for name in ("change_lower", "change_upper")),
        ("from_n", pa.int64()),
        ("to_n", pa.int64()),
        ("status", pa.string()),
        ("trust", pa.string()),
    ]
)


@dataclass(frozen=True)
class Inputs:
    """The tables that contributions are computed from, with the columns of the published ones.

    `kpi_values`: kpi.fct_kpi_values of the grains month to fiscal year. `kpis`: kpi.dim_kpis.
    `targets`: kpi.fct_kpi_status. `samples`: kpi.fct_kpi_samples. `cohorts`:
    kpi.fct_kpi_won_cohorts. `metrics`: those whose changes are split up.
    """

    kpi_values: pa.Table
    kpis: pa.Table
    targets: pa.Table
    samples: pa.Table
    cohorts: pa.Table
    metrics: tuple[str, ...]
    as_of: date


@dataclass
class _Grain:
    """One grain with all that is asked of it again and again."""

    panel: Panel
    measures: dict[str, Measure]
    draws: Draws
    cohorts: CohortWins
    changes: dict[tuple[str, str], tuple[Array, Array]] = field(default_factory=dict)

    def worst(self, metrics: Iterable[str]) -> tuple[NDArray[np.int8], NDArray[np.int8]]:
        """The worst status and trust of metrics, by period and scope."""
        names = list(metrics)
        panel = self.panel
        return panel.coded(panel.status, names), panel.coded(panel.trust, names)


class _Rows:
    """Rows that are gathered as arrays and become one table at the end."""

    def __init__(self) -> None:
        self._columns: dict[str, list[NDArray[Any]]] = {name: [] for name in SCHEMA.names}

    def add(self, size: int, columns: dict[str, Any]) -> None:
        """Add `size` rows; what is no array is the same in all of them."""
        for name, values in columns.items():
            is_array = isinstance(values, np.ndarray)
            kind = object if isinstance(values, str) else None
            self._columns[name].append(values if is_array else np.full(size, values, dtype=kind))

    def table(self) -> pa.Table:
        """All rows; NaN is null."""
        arrays = [
            pa.array(np.concatenate(self._columns[column.name]), from_pandas=True)
            if self._columns[column.name]
            else pa.array([], column.type)
            for column in SCHEMA
        ]
        return pa.table(arrays, names=SCHEMA.names).cast(SCHEMA, safe=False)


def contributions_table(inputs: Inputs) -> pa.Table:
    """All contributions: see the columns of `kpi.fct_kpi_contributions`.

    Periods that are not over are compared with their target only: beside a whole period they would
    read as a fall.
    """
    rows = _Rows()
    for grain in _grains(inputs):
        for comparison in ("previous", "year_before"):
            compared = Compared(comparison, *grain.panel.pairs(comparison))
            _add_changes(rows, grain, inputs.metrics, compared)
        _add_targets(rows, grain, inputs)
    return rows.table()


def contributions_between(inputs: Inputs, grain: str, before: date, after: date) -> pa.Table:
    """The contributions between any two periods of a grain; empty where one is not known."""
    rows = _Rows()
    for found in _grains(inputs):
        index = found.panel.period_index
        days = [np.datetime64(day, "D") for day in (before, after)]
        if found.panel.grain == grain and all(day in index for day in days):
            first, second = (np.array([index[day]], dtype=np.intp) for day in days)
            _add_changes(rows, found, inputs.metrics, Compared("previous", first, second))
    return rows.table()


def _grains(inputs: Inputs) -> Iterator[_Grain]:
    measures = read_measures(inputs.kpis.to_pylist())
    grains = inputs.kpi_values["grain"]
    for grain in MONTHS:
        rows = inputs.kpi_values.filter(pc.equal(grains, grain))
        if rows.num_rows:
            panel = Panel(grain, rows, inputs.as_of)
            draws = Draws(panel, measures, inputs.samples)
            yield _Grain(panel, measures, draws, CohortWins(panel, inputs.cohorts))


def _add_changes(rows: _Rows, grain: _Grain, metrics: Iterable[str], compared: Compared) -> None:
    known = grain.panel.knows
    for metric in metrics if len(compared.after) else ():
        measure = grain.measures.get(metric)
        if measure is not None and known([metric]):
            for part in (
                *identity_parts(grain.panel, measure, grain.draws, compared),
                *segment_parts(grain.panel, measure, grain.draws, compared),
                *cohort_parts(grain.cohorts, measure, compared),
            ):
                _add_part(rows, grain, compared, part)


def _add_part(rows: _Rows, grain: _Grain, compared: Compared, part: Part) -> None:
    panel, scope = grain.panel, grain.panel.scopes.index(part.scope)
    chosen = np.flatnonzero(part.is_known)
    before, after = compared.before[chosen], compared.after[chosen]
    formula = grain.measures[part.metric].formula
    in_formula = formula.metrics if formula and part.decomposition == "identity" else ()
    statuses, trusts = grain.worst([part.metric, *in_formula])
    status = np.maximum(statuses[before, scope], statuses[after, scope])
    if part.is_provisional is not None:
        status = np.maximum(status, part.is_provisional[chosen])
    value, n = (panel.column(name, [part.metric])[0][:, scope] for name in ("value", "n"))
    lower, upper = _change_bounds(grain, compared, part.metric)
    method: Any = "shapley" if part.decomposition == "cohorts" else "sum"
    if part.is_lmdi is not None:
        method = np.where(part.is_lmdi[chosen], "lmdi", "shapley").astype(object)
    rows.add(
        len(chosen),
        {
            "metric": part.metric,
            "comparison": compared.comparison,
            "grain": panel.grain,
            "scope": part.scope,
            "decomposition": part.decomposition,
            "from_period": panel.periods[before],
            "to_period": panel.periods[after],
            "driver": part.driver,
            "effect": part.effect,
            "contribution": part.contribution[chosen],
            "lower": part.lower[chosen],
            "upper": part.upper[chosen],
            "method": method,
            "from_value": value[before],
            "to_value": value[after],
            "change": value[after] - value[before],
            "change_lower": lower[chosen, scope],
            "change_upper": upper[chosen, scope],
            "from_n": n[before],
            "to_n": n[after],
            "status": np.array(STATUSES, dtype=object)[status],
            "trust": np.array(TRUSTS, dtype=object)[
                np.maximum(trusts[before, scope], trusts[after, scope])
            ],
        },
    )


def _change_bounds(grain: _Grain, compared: Compared, metric: str) -> tuple[Array, Array]:
    """Bounds of a metric's change, by change and scope."""
    key = (compared.comparison, metric)
    if key not in grain.changes:
        drawn = grain.draws.values([metric])[metric]
        grain.changes[key] = bounds(drawn[compared.after] - drawn[compared.before])
    return grain.changes[key]


def _add_targets(rows: _Rows, grain: _Grain, inputs: Inputs) -> None:
    panel = grain.panel
    targets = read_targets(inputs.targets.to_pylist(), panel.grain)
    for metric in inputs.metrics:
        measure = grain.measures.get(metric)
        missed_ones = target_parts(panel, measure, grain.draws, targets) if measure else ()
        for missed in missed_ones:
            _add_missed(rows, grain, metric, missed)


def _add_missed(rows: _Rows, grain: _Grain, metric: str, missed: Missed) -> None:
    panel, scope = grain.panel, grain.panel.scopes.index(missed.scope)
    formula = grain.measures[metric].formula
    statuses, trusts = grain.worst([metric, *(formula.metrics if formula else ())])
    value, n = (panel.column(name, [metric])[0] for name in ("value", "n"))
    drawn = grain.draws.values([metric])[metric][missed.period, scope]
    lower, upper = bounds(drawn - missed.target)
    rows.add(
        len(missed.drivers),
        {
            "metric": metric,
            "comparison": "target",
            "grain": panel.grain,
            "scope": missed.scope,
            "decomposition": "identity",
            "from_period": panel.periods[missed.period],
            "to_period": panel.periods[missed.period],
            "driver": np.array(missed.drivers, dtype=object),
            "effect": "identity",
            "contribution": missed.effects,
            "lower": missed.lower,
            "upper": missed.upper,
            "method": "sum" if missed.is_lmdi is None else "lmdi" if missed.is_lmdi else "shapley",
            "from_value": missed.target,
            "to_value": value[missed.period, scope],
            "change": value[missed.period, scope] - missed.target,
            "change_lower": float(lower),
            "change_upper": float(upper),
            "from_n": np.nan,
            "to_n": n[missed.period, scope],
            "status": STATUSES[statuses[missed.period, scope]],
            "trust": TRUSTS[trusts[missed.period, scope]],
        },
    )
