"""The table `kpi.fct_kpi_contributions`, from published tables."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

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


def contributions_table(inputs: Inputs) -> pa.Table:
    """All contributions: see the columns of `kpi.fct_kpi_contributions`.

    Periods that are not over are compared with their target only: beside a whole period they would
    read as a fall.
    """
    tables = [
        table
        for grain in _grains(inputs)
        for table in (
            *_between_periods(grain, inputs.metrics, _comparisons(grain.panel)),
            *_against_targets(grain, inputs),
        )
    ]
    return pa.concat_tables([SCHEMA.empty_table(), *tables])


def contributions_between(inputs: Inputs, grain: str, before: date, after: date) -> pa.Table:
    """The contributions between any two periods of a grain; empty where one is not known."""
    tables: list[pa.Table] = []
    for found in _grains(inputs):
        index = found.panel.period_index
        days = [np.datetime64(day, "D") for day in (before, after)]
        if found.panel.grain == grain and all(day in index for day in days):
            pair = [np.array([index[day]], dtype=np.intp) for day in days]
            compared = Compared("previous", pair[0], pair[1])
            tables += _between_periods(found, inputs.metrics, [compared])
    return pa.concat_tables([SCHEMA.empty_table(), *tables])


def _grains(inputs: Inputs) -> Iterator[_Grain]:
    measures = read_measures(inputs.kpis.to_pylist())
    grains = inputs.kpi_values["grain"]
    for grain in MONTHS:
        rows = inputs.kpi_values.filter(pc.equal(grains, grain))
        if rows.num_rows:
            panel = Panel(grain, rows, inputs.as_of)
            draws = Draws(panel, measures, inputs.samples)
            yield _Grain(panel, measures, draws, CohortWins(panel, inputs.cohorts))


def _comparisons(panel: Panel) -> list[Compared]:
    return [
        Compared(comparison, *panel.pairs(comparison)) for comparison in ("previous", "year_before")
    ]


def _between_periods(
    grain: _Grain, metrics: Iterable[str], comparisons: list[Compared]
) -> Iterator[pa.Table]:
    for compared in (compared for compared in comparisons if len(compared.after)):
        for metric in metrics:
            measure = grain.measures.get(metric)
            if measure is None or not grain.panel.knows([metric]):
                continue
            for split in (identity_parts, segment_parts):
                for part in split(grain.panel, measure, grain.draws, compared):
                    yield _rows(grain, measure, compared, part)
            for part in cohort_parts(grain.cohorts, measure, compared):
                yield _rows(grain, measure, compared, part)


def _rows(grain: _Grain, measure: Measure, compared: Compared, part: Part) -> pa.Table:
    panel, scope = grain.panel, grain.panel.scopes.index(part.scope)
    chosen = np.flatnonzero(part.is_known)
    before, after = compared.before[chosen], compared.after[chosen]
    involved = [part.metric]
    if part.decomposition == "identity" and measure.formula is not None:
        involved += measure.formula.metrics
    status, trust = (
        panel.coded(codes, involved)[:, scope] for codes in (panel.status, panel.trust)
    )
    value, n = (panel.column(name, [part.metric])[0][:, scope] for name in ("value", "n"))
    lower, upper = _change_bounds(grain, compared, part.metric)
    worst = np.maximum(status[before], status[after])
    if part.is_provisional is not None:
        worst = np.maximum(worst, part.is_provisional[chosen])
    size = len(chosen)
    method = np.full(size, "sum", dtype=object)
    if part.decomposition == "cohorts":
        method[:] = "shapley"
    if part.is_lmdi is not None:
        method = np.where(part.is_lmdi[chosen], "lmdi", "shapley")
    columns: dict[str, Any] = {
        "metric": np.full(size, part.metric, dtype=object),
        "comparison": np.full(size, compared.comparison, dtype=object),
        "grain": np.full(size, panel.grain, dtype=object),
        "scope": np.full(size, part.scope, dtype=object),
        "decomposition": np.full(size, part.decomposition, dtype=object),
        "from_period": panel.periods[before],
        "to_period": panel.periods[after],
        "driver": np.full(size, part.driver, dtype=object),
        "effect": np.full(size, part.effect, dtype=object),
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
        "status": np.array(STATUSES)[worst],
        "trust": np.array(TRUSTS)[np.maximum(trust[before], trust[after])],
    }
    return _table(columns)


def _change_bounds(grain: _Grain, compared: Compared, metric: str) -> tuple[Array, Array]:
    """Bounds of a metric's change, by change and scope."""
    key = (compared.comparison, metric)
    if key not in grain.changes:
        drawn = grain.draws.values([metric])[metric]
        grain.changes[key] = bounds(drawn[compared.after] - drawn[compared.before])
    return grain.changes[key]


def _against_targets(grain: _Grain, inputs: Inputs) -> Iterator[pa.Table]:
    targets = read_targets(inputs.targets.to_pylist(), grain.panel.grain)
    for metric in inputs.metrics:
        measure = grain.measures.get(metric)
        if measure is not None:
            for missed in target_parts(grain.panel, measure, grain.draws, targets):
                yield _target_rows(grain, measure, missed)


def _target_rows(grain: _Grain, measure: Measure, missed: Missed) -> pa.Table:
    panel, scope = grain.panel, grain.panel.scopes.index(missed.scope)
    formula = measure.formula
    involved = [measure.metric, *(formula.metrics if formula else ())]
    value, n = (panel.column(name, [measure.metric])[0] for name in ("value", "n"))
    actual = value[missed.period, scope]
    drawn = grain.draws.values([measure.metric])[measure.metric][missed.period, scope]
    lower, upper = bounds(drawn[np.newaxis] - missed.target)
    codes = [
        panel.coded(codes, involved)[missed.period, scope] for codes in (panel.status, panel.trust)
    ]
    size = len(missed.drivers)
    method = "sum" if missed.is_lmdi is None else "lmdi" if missed.is_lmdi else "shapley"
    columns: dict[str, Any] = {
        "driver": np.array(missed.drivers, dtype=object),
        "contribution": missed.effects,
        "lower": missed.lower,
        "upper": missed.upper,
    }
    same: dict[str, Any] = {
        "metric": measure.metric,
        "comparison": "target",
        "grain": panel.grain,
        "scope": missed.scope,
        "decomposition": "identity",
        "from_period": panel.periods[missed.period],
        "to_period": panel.periods[missed.period],
        "effect": "identity",
        "method": method,
        "from_value": missed.target,
        "to_value": actual,
        "change": actual - missed.target,
        "change_lower": lower[0],
        "change_upper": upper[0],
        "from_n": np.nan,
        "to_n": n[missed.period, scope],
        "status": STATUSES[codes[0]],
        "trust": TRUSTS[codes[1]],
    }
    return _table(columns | {name: np.array([value] * size) for name, value in same.items()})


def _table(columns: dict[str, Any]) -> pa.Table:
    """Columns as the table's; NaN is null."""
    arrays = [
        pa.array(columns[name.name], from_pandas=True).cast(name.type, safe=False)
        for name in SCHEMA
    ]
    return pa.Table.from_arrays(arrays, schema=SCHEMA)
