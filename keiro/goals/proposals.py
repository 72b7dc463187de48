"""Targets for the KPIs below a goal: ratios stay as they are, flows share the growth.

In an identity each part may move in proportion to how much it has moved in its own history; a ratio
does not, unless nothing else could. What feeds a metric with a lag grows as the metric does, since
its conversion is kept.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq  # type: ignore[import-untyped]

from keiro.goals.arrays import Floats
from keiro.tree.formula import Formula

RATIOS = ("rate", "ratio")
# A history shorter than this says nothing of how much a metric moves.
MONTHS_NEEDED = 6
USUAL_MOVE = 0.1
# More than ten thousandfold is no target.
WIDEST = float(np.log(1e4))


@dataclass(frozen=True)
class Known:
    """What is known of a metric: its kind, its baseline, where that is from, its past months."""

    kind: str
    baseline: float | None
    baseline_source: str
    months: Floats
    inflow_metric: str | None = None


@dataclass(frozen=True)
class Proposal:
    """A target for a metric. `parent` is the metric that asks for it; `is_kept` says it stays."""

    metric: str
    target: float
    baseline: float
    baseline_source: str
    parent: str | None
    is_kept: bool
    depth: int


def propose(
    root: str, target: float, known: Mapping[str, Known], identities: Mapping[str, Formula]
) -> tuple[list[Proposal], list[str]]:
    """Targets for all metrics below the root by identities and inflows, parents first.

    Args:
        root: the metric whose target is given.
        target: its target.
        known: what is known of each metric.
        identities: formulas by metric.

    Returns:
        The proposals, the root's first; and the metrics that none can be made for, since nothing is
        known of a period before.

    """
    start = known[root].baseline
    found = {
        root: Proposal(root, target, start or 0.0, known[root].baseline_source, None, False, 0)
    }
    unknown: dict[str, None] = {}
    waiting = [root]
    while waiting:
        metric = waiting.pop(0)
        for name, value in _below(metric, found[metric].target, known, identities, unknown).items():
            if name in found:
                continue
            base = known[name].baseline or 0.0
            kept = bool(np.isclose(value, base, rtol=1e-9))
            found[name] = Proposal(
                name,
                value,
                base,
                known[name].baseline_source,
                metric,
                kept,
                found[metric].depth + 1,
            )
            waiting.append(name)
    return list(found.values()), list(unknown)


def _below(
    metric: str,
    target: float,
    known: Mapping[str, Known],
    identities: Mapping[str, Formula],
    unknown: dict[str, None],
) -> dict[str, float]:
    values: dict[str, float] = {}
    formula, feeder = identities.get(metric), known[metric].inflow_metric
    if formula is not None:
        blank = [name for name in formula.metrics if not _has_baseline(name, known)]
        unknown.update(dict.fromkeys(blank))
        values |= {} if blank else spread(target, formula, known)
    if feeder is not None and not _has_baseline(feeder, known):
        unknown[feeder] = None
    elif feeder is not None and _has_baseline(metric, known):
        base, own = known[feeder].baseline or 0.0, known[metric].baseline or 1.0
        values.setdefault(feeder, base * target / own)
    return values


def _has_baseline(name: str, known: Mapping[str, Known]) -> bool:
    return name in known and bool(known[name].baseline)


def spread(target: float, formula: Formula, known: Mapping[str, Known]) -> dict[str, float]:
    """Values of a formula's metrics that give the target; none where no growth of them does.

    Each metric is its baseline times exp(move * x), with one x for all of them.
    """
    names = formula.metrics
    base = np.array([known[name].baseline or 0.0 for name in names], dtype=float)
    moves = np.array([_move(known[name]) for name in names])
    flows = np.array([known[name].kind not in RATIOS for name in names])
    moves = np.where(flows, moves, 0.0) if flows.any() else moves
    # What divides has to fall where the whole is to rise.
    signs = np.sign([_slope(formula, names, base, place) for place in range(len(names))])
    reach = WIDEST / moves.max()

    def missing(x: float) -> float:
        values = dict(zip(names, base * np.exp(signs * moves * x), strict=True))
        return float(formula.evaluate(values)) - target

    if missing(-reach) * missing(reach) > 0:
        return {}
    x = float(brentq(missing, -reach, reach, xtol=1e-12, rtol=1e-12))
    return {
        name: float(value)
        for name, value in zip(names, base * np.exp(signs * moves * x), strict=True)
    }


def _slope(formula: Formula, names: tuple[str, ...], base: Floats, place: int) -> float:
    more = base.copy()
    more[place] *= 1.0001
    values = [dict(zip(names, each, strict=True)) for each in (more, base)]
    return float(formula.evaluate(values[0])) - float(formula.evaluate(values[1]))


def _move(metric: Known) -> float:
    """How much a metric moves from one quarter of a year to the next, as a share."""
    months = metric.months[np.isfinite(metric.months)]
    if len(months) < MONTHS_NEEDED:
        return USUAL_MOVE
    quarters = months[len(months) % 3 :].reshape(-1, 3).mean(axis=1)
    quarters = quarters[quarters > 0]
    if len(quarters) < 2:
        return USUAL_MOVE
    return float(np.clip(np.sqrt(np.mean(np.diff(np.log(quarters)) ** 2)), 0.01, 1.0))
