"""How much each part of a change contributes, so that the parts add up to the change.

All functions work on arrays of any number of changes at once (periods, scopes, bootstrap draws):
the first axis is the part, the other axes are the changes. Each result sums to the change along the
first axis up to rounding, negates when the periods swap, and does not depend on the parts' order.

Sources: Ang (2004), "Decomposition analysis for policymaking in energy", Energy Policy 32(9),
1131-1139, doi:10.1016/S0301-4215(03)00076-4 (LMDI); Albrecht, François, Schoors (2002), "A Shapley
decomposition of carbon emissions without residuals", Energy Policy 30(9), 727-736,
doi:10.1016/S0301-4215(01)00131-8.
"""

from collections.abc import Callable, Sequence
from itertools import combinations
from math import factorial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from keiro.tree.formula import Formula

Array = NDArray[np.float64]


def logarithmic_mean(a: Array, b: Array) -> Array:
    """L(a, b) = (a - b) / (ln a - ln b) of positive numbers, and a where both are equal."""
    growth = (a - b) / b
    # Close to 1 the logarithm of the ratio loses all digits, far from it that of 1 + growth does;
    # at 1 the limit is the middle.
    with np.errstate(divide="ignore", invalid="ignore"):
        logarithm = np.where(np.abs(growth) < 0.5, np.log1p(growth), np.log(a / b))
        mean = (a - b) / logarithm
    return np.where(np.abs(growth) < 1e-9, (a + b) / 2, mean)


def lmdi(before: Array, after: Array, exponents: Sequence[int], coefficient: float = 1.0) -> Array:
    """Contributions of positive factors to the change of their product, by LMDI.

    Args:
        before: factors by part and change, all positive.
        after: the same in the other period.
        exponents: the power of each factor in the product; -1 divides.
        coefficient: what the product is multiplied by.

    Returns:
        coefficient * L(V1, V0) * e_k * ln(x_k1 / x_k0) by part and change.

    """
    powers = np.asarray(exponents, dtype=float).reshape(-1, *[1] * (before.ndim - 1))
    old, new = np.prod(before**powers, axis=0), np.prod(after**powers, axis=0)
    growth: Array = powers * np.log(after / before)
    return coefficient * logarithmic_mean(new, old) * growth


def shapley(
    value: Callable[[list[Any]], Array], before: Sequence[Any], after: Sequence[Any]
) -> Array:
    """Exact Shapley contributions of each part to value(after) - value(before).

    Args:
        value: what a list of parts gives, in the order of `before`; called once a subset of parts.
        before: the parts in one period: numbers, arrays, or anything that `value` takes.
        after: the same in the other period.

    Returns:
        The contributions by part and change. The cost doubles with each part.

    """
    size = len(before)
    worth = {
        subset: value([after[i] if i in subset else before[i] for i in range(size)])
        for count in range(size + 1)
        for subset in map(frozenset, combinations(range(size), count))
    }
    parts = []
    for part in range(size):
        gains = [
            factorial(len(subset))
            * factorial(size - len(subset) - 1)
            / factorial(size)
            * (worth[subset | {part}] - worth[subset])
            for subset in worth
            if part not in subset
        ]
        parts.append(np.sum(gains, axis=0))
    return np.stack(parts)


def formula_effects(
    formula: Formula, before: Array, after: Array
) -> tuple[Array, NDArray[np.bool_]]:
    """Contributions of a formula's metrics to the change of its value.

    Sums and differences are taken directly, sums of products by LMDI term by term where all factors
    of a change are positive, and the rest by Shapley.

    Args:
        formula: the identity.
        before: values by metric (in the order of `formula.metrics`) and change.
        after: the same in the other period.

    Returns:
        Contributions by metric and change, and by change whether LMDI gave them (as Shapley did
        otherwise). For a sum the two agree, and the second says False.

    """
    positive = np.all((before > 0) & (after > 0), axis=0)
    terms = formula.terms
    if terms is None:
        return _formula_shapley(formula, before, after), np.zeros_like(positive)
    position = {name: index for index, name in enumerate(formula.metrics)}
    result = np.zeros_like(before)
    if formula.form == "sum":
        for term in (term for term in terms if term.exponents):
            row = position[term.exponents[0][0]]
            result[row] += term.coefficient * (after[row] - before[row])
        return result, np.zeros_like(positive)
    by_lmdi = np.zeros((len(position), int(positive.sum())))
    for term in (term for term in terms if term.exponents):
        rows = [position[name] for name, _ in term.exponents]
        exponents = [exponent for _, exponent in term.exponents]
        parts = lmdi(
            before[rows][:, positive], after[rows][:, positive], exponents, term.coefficient
        )
        np.add.at(by_lmdi, rows, parts)
    result[:, positive] = by_lmdi
    if not positive.all():
        rest = ~positive
        result[:, rest] = _formula_shapley(formula, before[:, rest], after[:, rest])
    return result, positive


def _formula_shapley(formula: Formula, before: Array, after: Array) -> Array:
    def value(parts: list[Any]) -> Array:
        return np.asarray(formula.evaluate(dict(zip(formula.metrics, parts, strict=True))))

    with np.errstate(divide="ignore", invalid="ignore"):
        return shapley(value, list(before), list(after))


def rate_and_mix(
    numerators: tuple[Array, Array], denominators: tuple[Array, Array]
) -> tuple[Array, Array, Array]:
    """Contributions of segments to the change of a ratio over all of them.

    With the weight w of a segment in the denominator, its ratio c and the total ratio C: rate is
    mean(w) * change of c, mix is change of w * (mean(c) - mean(C)). A segment without a denominator
    in one period has no ratio there: its whole change, w1 * (c1 - mean(C)) or its opposite, is a
    term of its own.

    Args:
        numerators: before and after, by segment and change.
        denominators: the same.

    Returns:
        Rate, mix, and entry (of segments that appear or vanish), by segment and change; the three
        together sum to the change of the total ratio. NaN where a total denominator is zero.

    """
    # A segment without a denominator has no ratio; what comes of that is not taken below.
    with np.errstate(divide="ignore", invalid="ignore"):
        shares, weights, ratios = [], [], []
        for above, below in zip(numerators, denominators, strict=True):
            total = below.sum(axis=0)
            shares.append(above / total)
            weights.append(below / total)
            ratios.append(above / below)
        middle = (shares[0].sum(axis=0) + shares[1].sum(axis=0)) / 2
        shift = weights[1] - weights[0]
        rate = (weights[0] + weights[1]) / 2 * (ratios[1] - ratios[0])
        mix = shift * ((ratios[0] + ratios[1]) / 2 - middle)
        entry = shares[1] - shares[0] - shift * middle
    stays = (denominators[0] != 0) & (denominators[1] != 0)
    return (
        np.where(stays, rate, 0.0),
        np.where(stays, mix, 0.0),
        np.where(stays, 0.0, entry),
    )
