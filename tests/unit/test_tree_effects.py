"""Contributions against published figures, cases by hand and what must hold for all numbers."""

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from keiro.tree.effects import formula_effects, lmdi, logarithmic_mean, rate_and_mix, shapley
from keiro.tree.formula import parse_formula

# 1000 leads x 30 % x 20 % x 50 became 1500 x 22 % x 21 % x 48: +326.4.
BEFORE = np.array([1000.0, 0.30, 0.20, 50.0])
AFTER = np.array([1500.0, 0.22, 0.21, 48.0])
PRODUCT = parse_formula("leads * won * kept * price")


def test_lmdi_of_the_published_example() -> None:
    effects, is_lmdi = formula_effects(PRODUCT, BEFORE[:, None], AFTER[:, None])
    assert is_lmdi.all()
    assert effects[:2, 0].round().tolist() == [1281, -980]
    assert effects.sum() == pytest.approx(326.4, abs=1e-9)
    # By hand: L(3326.4, 3000) * ln(1.5), with the definition's own logarithms.
    mean = 326.4 / (np.log(3326.4) - np.log(3000.0))
    assert effects[0, 0] == pytest.approx(mean * np.log(1.5), rel=1e-12)


def test_shapley_of_the_published_example() -> None:
    effects = shapley(lambda parts: np.prod(parts, axis=0), list(BEFORE), list(AFTER))
    assert effects[:2].round().tolist() == [1305, -1005]
    assert effects.sum() == pytest.approx(326.4, abs=1e-9)


def test_shapley_is_the_mean_over_all_orders() -> None:
    """The answer key follows the definition: each order in turn, one factor at a time."""
    total = np.zeros(4)
    for order in permutations(range(4)):
        current = BEFORE.copy()
        for part in order:
            worth = np.prod(current)
            current[part] = AFTER[part]
            total[part] += np.prod(current) - worth
    effects = shapley(lambda parts: np.prod(parts, axis=0), list(BEFORE), list(AFTER))
    assert effects == pytest.approx(total / 24, rel=1e-12)


def test_rate_and_mix_of_the_published_example() -> None:
    """Paid 10 -> 11 %, organic 40 -> 41 %, the paid share 50 -> 66.7 %: 25 -> 21 %."""
    paid = 2 / 3
    rate, mix, entry = rate_and_mix(
        (np.array([[5.0], [20.0]]), np.array([[11 * paid], [41 * (1 - paid)]])),
        (np.array([[50.0], [50.0]]), np.array([[100 * paid], [100 * (1 - paid)]])),
    )
    assert 100 * rate.sum() == pytest.approx(1.0, abs=1e-9)
    assert 100 * mix.sum() == pytest.approx(-5.0, abs=1e-9)
    assert entry.sum() == 0


def test_a_segment_that_appears_is_a_term_of_its_own() -> None:
    """20 of 100; then 30 of 100 and 8 of 10 of a new one: 20 % -> 38/110."""
    rate, mix, entry = rate_and_mix(
        (np.array([20.0, 0.0]), np.array([30.0, 8.0])),
        (np.array([100.0, 0.0]), np.array([100.0, 10.0])),
    )
    middle = (0.2 + 38 / 110) / 2
    assert rate.tolist() == pytest.approx([(1 + 100 / 110) / 2 * 0.1, 0])
    assert mix.tolist() == pytest.approx([(100 / 110 - 1) * (0.25 - middle), 0])
    assert entry.tolist() == pytest.approx([0, 10 / 110 * (0.8 - middle)])
    assert (rate + mix + entry).sum() == pytest.approx(38 / 110 - 0.2, abs=1e-12)


def test_a_factor_of_zero_is_split_by_shapley() -> None:
    """0 deals of a mean of 5 became 4 of 5: all of the change is the deals."""
    formula = parse_formula("deals * price")
    effects, is_lmdi = formula_effects(
        formula, np.array([[0.0, 2.0], [5.0, 3.0]]), np.array([[4.0, 2.0], [5.0, 6.0]])
    )
    assert is_lmdi.tolist() == [False, True]
    assert effects[:, 0].tolist() == [20, 0]
    assert effects[:, 1].tolist() == pytest.approx([0, 6])


def test_sums_and_differences_are_direct() -> None:
    formula = parse_formula("new + 2 * renewed - lost")
    effects, is_lmdi = formula_effects(
        formula, np.array([[10.0], [4.0], [3.0]]), np.array([[8.0], [5.0], [7.0]])
    )
    assert not is_lmdi.any()
    assert effects[:, 0].tolist() == [-2, 2, -4]


def test_the_logarithmic_mean_close_to_its_limit() -> None:
    """The series L(1+d, 1) = 1 + d/2 - d^2/12 is the answer key where the quotient fails."""
    d = np.array([0.0, 1e-15, 1e-11, 1e-8, 1e-5])
    assert logarithmic_mean(1 + d, np.ones(5)) == pytest.approx(1 + d / 2 - d**2 / 12, rel=1e-14)


POSITIVE = st.floats(min_value=1e-3, max_value=1e6)
ANY = st.one_of(POSITIVE, st.just(0.0), POSITIVE.map(lambda x: -x))
FORMULAS = [
    "a * b * c",
    "a * b / c",
    "a * b + c",
    "a - b - c",
    "a * (b - c)",
    "a / (1 + b * b) * c",
]


@settings(deadline=None, max_examples=60, derandomize=True)
@given(
    st.sampled_from(FORMULAS),
    arrays(float, (3, 4), elements=POSITIVE),
    arrays(float, (3, 4), elements=POSITIVE),
)
def test_parts_of_positive_factors_add_up_and_negate(
    text: str, before: np.ndarray, after: np.ndarray
) -> None:
    _check(text, before, after)


@settings(deadline=None, max_examples=60, derandomize=True)
@given(
    st.sampled_from(["a * b * c", "a * b + c", "a - b - c", "a * (b - c)"]),
    arrays(float, (3, 4), elements=ANY),
    arrays(float, (3, 4), elements=ANY),
)
def test_parts_of_any_factors_add_up_and_negate(
    text: str, before: np.ndarray, after: np.ndarray
) -> None:
    _check(text, before, after)


def _check(text: str, before: np.ndarray, after: np.ndarray) -> None:
    formula = parse_formula(text)
    effects, _ = formula_effects(formula, before, after)
    values = [formula.evaluate(dict(zip("abc", side, strict=True))) for side in (before, after)]
    # What rounding is relative to: the largest product that any mix of the two periods gives.
    size = np.prod(1 + np.maximum(np.abs(before), np.abs(after)), axis=0)
    if "/" in text:
        size /= np.minimum(1, np.minimum(before, after)).prod(axis=0)
    assert np.all(np.abs(effects.sum(axis=0) - (values[1] - values[0])) <= 1e-9 * size)
    swapped, _ = formula_effects(formula, after, before)
    assert np.all(np.abs(effects + swapped) <= 1e-9 * size)


@settings(deadline=None, max_examples=60, derandomize=True)
@given(arrays(float, (3, 4), elements=POSITIVE), arrays(float, (3, 4), elements=POSITIVE))
def test_the_order_of_the_factors_does_not_matter(before: np.ndarray, after: np.ndarray) -> None:
    first = lmdi(before, after, [1, 1, -1])
    order = [2, 0, 1]
    second = lmdi(before[order], after[order], [-1, 1, 1])
    size = np.abs(first).sum(axis=0)
    assert np.all(np.abs(first[order] - second) <= 1e-9 * size)


@settings(deadline=None, max_examples=60, derandomize=True)
@given(arrays(float, (3, 4), elements=ANY), arrays(float, (3, 4), elements=ANY))
def test_the_order_in_a_formula_does_not_matter(before: np.ndarray, after: np.ndarray) -> None:
    """With factors of any sign, so that both methods take part."""
    first, _ = formula_effects(parse_formula("a * b * c"), before, after)
    order = [2, 0, 1]
    second, _ = formula_effects(parse_formula("c * a * b"), before[order], after[order])
    size = np.prod(1 + np.maximum(np.abs(before), np.abs(after)), axis=0)
    assert np.all(np.abs(first[order] - second) <= 1e-9 * size)


COUNTS = st.integers(min_value=0, max_value=10_000).map(float)


@settings(deadline=None, max_examples=60, derandomize=True)
@given(
    *(arrays(float, (4, 3), elements=COUNTS) for _ in range(2)),
    *(arrays(float, (4, 3), elements=st.floats(min_value=0, max_value=1)) for _ in range(2)),
)
def test_rate_mix_and_entry_add_up_and_negate(
    below0: np.ndarray, below1: np.ndarray, share0: np.ndarray, share1: np.ndarray
) -> None:
    below0[0], below1[0] = below0[0] + 1, below1[0] + 1
    numerators, denominators = (share0 * below0, share1 * below1), (below0, below1)
    parts = rate_and_mix(numerators, denominators)
    totals = [n.sum(axis=0) / d.sum(axis=0) for n, d in zip(numerators, denominators, strict=True)]
    assert sum(parts).sum(axis=0) == pytest.approx(totals[1] - totals[0], abs=1e-9)
    swapped = rate_and_mix(numerators[::-1], denominators[::-1])
    for part, opposite in zip(parts, swapped, strict=True):
        assert part == pytest.approx(-opposite, abs=1e-9)
