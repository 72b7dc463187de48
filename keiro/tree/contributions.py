"""What each part contributes to the change of a metric, for all comparisons of a grain at once."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from keiro.tree.draws import Draws
from keiro.tree.effects import Array, formula_effects, rate_and_mix
from keiro.tree.formula import Formula
from keiro.tree.panel import ALL, UNASSIGNED, Comparison, Indices, Measure, Panel

Decomposition = Literal["identity", "segments", "cohorts"]
# Of the draws; a contribution whose interval holds zero cannot be told from noise.
BOUNDS = (0.025, 0.975)
# Formula and metric may differ by rounding; by more, and the parts would not add up.
TOLERANCE = 1e-6


@dataclass(frozen=True)
class Compared:
    """Which periods are compared: indices of a panel's periods, before and after, in pairs."""

    comparison: Comparison
    before: Indices
    after: Indices


@dataclass(frozen=True)
class Part:
    """One driver's effect over all changes of a metric.

    Arrays are by change, which are the pairs of `Compared` in one scope; `is_known` says which of
    them could be split up, `is_provisional` which of them later data may change though the values
    themselves are final. Bounds are NaN where there is nothing to draw from.
    """

    metric: str
    decomposition: Decomposition
    scope: str
    driver: str
    effect: str
    contribution: Array
    lower: Array
    upper: Array
    is_known: NDArray[np.bool_]
    is_lmdi: NDArray[np.bool_] | None
    is_provisional: NDArray[np.bool_] | None = None


def identity_parts(
    panel: Panel, measure: Measure, draws: Draws, compared: Compared
) -> Iterator[Part]:
    """The change of a metric split over the metrics of its formula, in each scope."""
    formula = measure.formula
    if formula is None or not panel.knows([measure.metric, *formula.metrics]):
        return
    values = panel.column("value", formula.metrics)
    whole = panel.column("value", [measure.metric])[0]
    before, after = _filled(values[:, compared.before], values[:, compared.after])
    known = _agree(formula, before, whole[compared.before]) & _agree(
        formula, after, whole[compared.after]
    )
    effects, by_lmdi = formula_effects(formula, np.nan_to_num(before), np.nan_to_num(after))
    drawn = draws.values(formula.metrics)
    sampled = np.stack([drawn[name] for name in formula.metrics])
    noise, _ = formula_effects(
        formula, *_filled(sampled[:, compared.before], sampled[:, compared.after])
    )
    lower, upper = bounds(noise)
    method = None if formula.form == "sum" else by_lmdi
    for number, scope in enumerate(panel.scopes):
        for part, driver in enumerate(formula.metrics):
            yield Part(
                metric=measure.metric,
                decomposition="identity",
                scope=scope,
                driver=driver,
                effect="identity",
                contribution=effects[part, :, number],
                lower=lower[part, :, number],
                upper=upper[part, :, number],
                is_known=known[:, number],
                is_lmdi=None if method is None else method[:, number],
            )


def segment_parts(
    panel: Panel, measure: Measure, draws: Draws, compared: Compared
) -> Iterator[Part]:
    """The change of a metric over all channels split over the channels."""
    if ALL not in panel.scopes or len(panel.scopes) < 2 or not panel.knows([measure.metric]):
        return
    if np.isnan(
        np.delete(panel.column("value", [measure.metric]), panel.scopes.index(ALL), 2)
    ).all():
        return
    if measure.is_additive:
        yield from _additive_parts(panel, measure, draws, compared)
    elif measure.is_quotient:
        yield from _ratio_parts(panel, measure, draws, compared)


def bounds(draws: Array) -> tuple[Array, Array]:
    """Lower and upper bounds of draws (the last axis); NaN where half of them are unknown.

    A period that some draws leave without a case has no value there: the others still tell.
    """
    known = np.isfinite(draws).sum(axis=-1)
    # NaN sorts behind all numbers, so that the known draws of each row stand first.
    ordered = np.sort(np.where(np.isfinite(draws), draws, np.nan), axis=-1)
    found = []
    for share in BOUNDS:
        place = share * np.maximum(known - 1, 0)
        below = np.floor(place).astype(np.intp)
        above = np.minimum(below + 1, np.maximum(known - 1, 0))
        first, second = (
            np.take_along_axis(ordered, index[..., np.newaxis], axis=-1)[..., 0]
            for index in (below, above)
        )
        value = first + (place - below) * (second - first)
        found.append(np.where(known > draws.shape[-1] / 2, value, np.nan))
    return found[0], found[1]


def _filled(before: Array, after: Array) -> tuple[Array, Array]:
    """A factor that has no value in one period (as the mean of no deals) is that of the other.

    It takes no part in the change then; where the formula does not hold with it, nothing is split.
    """
    return (
        np.where(np.isnan(before), after, before),
        np.where(np.isnan(after), before, after),
    )


def _agree(formula: Formula, parts: Array, whole: Array) -> NDArray[np.bool_]:
    with np.errstate(divide="ignore", invalid="ignore"):
        given = np.asarray(formula.evaluate(dict(zip(formula.metrics, parts, strict=True))))
        size = np.maximum(np.abs(whole), np.abs(given))
        agree: NDArray[np.bool_] = np.abs(given - whole) <= TOLERANCE * np.maximum(size, 1e-12)
    return agree


def _additive_parts(
    panel: Panel, measure: Measure, draws: Draws, compared: Compared
) -> Iterator[Part]:
    values = panel.column("value", [measure.metric])[0]
    withheld = panel.coded(panel.trust, [measure.metric]) == 2
    segments = with_rest(values, panel.scopes.index(ALL))
    change = segments[compared.after] - segments[compared.before]
    drawn = _rest_of_draws(draws.values([measure.metric])[measure.metric], panel)
    lower, upper = bounds(drawn[compared.after] - drawn[compared.before])
    known = ~(withheld[compared.before] | withheld[compared.after]).any(axis=1)
    known &= np.isfinite(change).all(axis=1)
    has_cases = (segments[compared.before] != 0) | (segments[compared.after] != 0)
    effect = "volume" if measure.kind == "count" else "value"
    for number, driver in enumerate(segment_names(panel.scopes)):
        yield Part(
            metric=measure.metric,
            decomposition="segments",
            scope=ALL,
            driver=driver,
            effect=effect,
            contribution=change[:, number],
            lower=lower[:, number],
            upper=upper[:, number],
            is_known=known & has_cases[:, number],
            is_lmdi=None,
        )


def _ratio_parts(
    panel: Panel, measure: Measure, draws: Draws, compared: Compared
) -> Iterator[Part]:
    whole = panel.scopes.index(ALL)
    withheld = panel.coded(panel.trust, [measure.metric]) == 2
    ratio = panel.column("value", [measure.metric])[0][:, whole]
    over = with_rest(panel.column("numerator", [measure.metric])[0], whole)
    under = with_rest(panel.column("denominator", [measure.metric])[0], whole)
    parts = _by_segment(over, under, compared)
    drawn = draws.values([measure.metric])
    noise = _by_segment(
        _rest_of_draws(drawn[str(measure.numerator)], panel),
        _rest_of_draws(drawn[str(measure.denominator)], panel),
        compared,
    )
    known = ~(withheld[compared.before] | withheld[compared.after]).any(axis=1)
    known &= np.isfinite(ratio[compared.before]) & np.isfinite(ratio[compared.after])
    names = segment_names(panel.scopes)
    for effect, values, draw in zip(("rate", "mix", "entry"), parts, noise, strict=True):
        lower, upper = bounds(draw)
        for number, driver in enumerate(names):
            there = (under[compared.before, number] != 0) & (under[compared.after, number] != 0)
            # What has a numerator alone (as cost without a lead) belongs to no ratio either.
            has_cases = ~there & (values[number] != 0) if effect == "entry" else there
            yield Part(
                metric=measure.metric,
                decomposition="segments",
                scope=ALL,
                driver=driver,
                effect=effect,
                contribution=values[number],
                lower=lower[number],
                upper=upper[number],
                is_known=known & has_cases,
                is_lmdi=None,
            )


def _by_segment(over: Array, under: Array, compared: Compared) -> tuple[Array, Array, Array]:
    """Rate, mix and entry, by segment and change; the axes of draws come last."""
    first = [np.moveaxis(array[compared.before], 1, 0) for array in (over, under)]
    second = [np.moveaxis(array[compared.after], 1, 0) for array in (over, under)]
    return rate_and_mix((first[0], second[0]), (first[1], second[1]))


def segment_names(scopes: Sequence[str]) -> list[str]:
    """The names of the segments of `with_rest`."""
    return [*(scope for scope in scopes if scope != ALL), UNASSIGNED]


def with_rest(values: Array, whole: int) -> Array:
    """Values by period and segment instead of scope, the last segment being what none of them has.

    A segment without a row has no cases: it counts as zero.
    """
    parts = np.nan_to_num(np.delete(values, whole, axis=1))
    rest = values[:, whole] - parts.sum(axis=1)
    rest = np.where(np.abs(rest) <= TOLERANCE * np.abs(values[:, whole]), 0.0, rest)
    return np.concatenate([parts, rest[:, np.newaxis]], axis=1)


def _rest_of_draws(draws: Array, panel: Panel) -> Array:
    """The same of draws, of which one that is not known stays unknown."""
    whole = panel.scopes.index(ALL)
    segments = with_rest(draws, whole)
    segments[:, :-1][np.isnan(np.delete(draws, whole, axis=1))] = np.nan
    return segments
