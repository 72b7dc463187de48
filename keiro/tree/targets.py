"""Where a metric stands against its target, split over the metrics of its formula."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from keiro.tree.contributions import TOLERANCE, bounds
from keiro.tree.draws import Draws
from keiro.tree.effects import Array, formula_effects
from keiro.tree.formula import Formula
from keiro.tree.panel import Measure, Panel

# What the formula makes of the targets of its metrics, less the target of the whole.
DISAGREEMENT = "(targets disagree)"
Key = tuple[np.datetime64, str]


@dataclass(frozen=True)
class Missed:
    """Contributions to actual - target in one period and scope.

    `effects`, `lower` and `upper` are by driver; `drivers` may end with `DISAGREEMENT`.
    """

    scope: str
    period: int
    target: float
    drivers: tuple[str, ...]
    effects: Array
    lower: Array
    upper: Array
    is_lmdi: bool | None


def read_targets(rows: list[Mapping[str, Any]], grain: str) -> dict[str, dict[Key, float]]:
    """Targets to date by metric, period and scope, from rows of `kpi.fct_kpi_status`.

    Of a flow that is the share of the target that was to be reached by now; other targets hold as
    they stand.
    """
    targets: dict[str, dict[Key, float]] = {}
    for row in (row for row in rows if row["grain"] == grain and row["target"] is not None):
        share = 1.0 if row["expected_share"] is None else row["expected_share"]
        key = (np.datetime64(row["period_start"], "D"), row["scope"])
        targets.setdefault(row["metric"], {})[key] = row["target"] * share
    return targets


def target_parts(
    panel: Panel, measure: Measure, draws: Draws, targets: Mapping[str, Mapping[Key, float]]
) -> Iterator[Missed]:
    """Actual - target of a metric, wherever all metrics of its formula have targets and values."""
    formula = measure.formula
    own = targets.get(measure.metric, {})
    if formula is None or not panel.knows([measure.metric, *formula.metrics]):
        return
    drawn = draws.values(formula.metrics)
    for (start, scope), target in sorted(own.items()):
        parts = [targets.get(name, {}).get((start, scope)) for name in formula.metrics]
        if None in parts or start not in panel.period_index or scope not in panel.scopes:
            continue
        period, number = panel.period_index[start], panel.scopes.index(scope)
        actual = panel.column("value", formula.metrics)[:, period, number]
        if np.isnan(actual).any():
            continue
        sampled = np.stack([drawn[name][period, number] for name in formula.metrics])
        yield _missed(
            formula, np.array(parts, dtype=float), actual, sampled, (scope, period, target)
        )


def _missed(
    formula: Formula,
    targets: Array,
    actual: Array,
    drawn: Array,
    place: tuple[str, int, float],
) -> Missed:
    scope, period, target = place
    effects, is_lmdi = formula_effects(formula, targets[:, np.newaxis], actual[:, np.newaxis])
    expected = np.broadcast_to(targets[:, np.newaxis], drawn.shape)
    noise, _ = formula_effects(formula, expected, drawn)
    lower, upper = bounds(noise)
    drivers, parts = formula.metrics, effects[:, 0]
    given = float(formula.evaluate(dict(zip(formula.metrics, targets.tolist(), strict=True))))
    if abs(given - target) > TOLERANCE * abs(target):
        drivers = (*drivers, DISAGREEMENT)
        parts = np.append(parts, given - target)
        lower, upper = np.append(lower, np.nan), np.append(upper, np.nan)
    return Missed(
        scope=scope,
        period=period,
        target=target,
        drivers=drivers,
        effects=parts,
        lower=lower,
        upper=upper,
        is_lmdi=None if formula.form == "sum" else bool(is_lmdi[0]),
    )
