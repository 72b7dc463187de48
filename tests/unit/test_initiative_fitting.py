"""Fits against answers worked out by hand or by statsmodels, which knows no persistence."""

import math

import numpy as np
import pytest
from scipy.stats import norm
from statsmodels.genmod import families
from statsmodels.genmod.generalized_linear_model import GLM
from statsmodels.stats.power import NormalIndPower

from keiro.initiatives.fitting import Noise, Sample, detectable, fit, noise_of, planned_error


def poisson_sample(counts: list[float]) -> Sample:
    size = len(counts)
    zeros = np.zeros(size)
    return Sample("poisson", np.arange(size), np.array(counts, float), np.ones(size), zeros)


def step(before: int, after: int) -> np.ndarray:
    ones = np.ones(before + after)
    return np.column_stack([ones, np.arange(before + after) >= before]).astype(float)


def test_a_step_of_counts_is_the_ratio_of_their_means() -> None:
    """Means 10 and 15, in an order that alternates, so that nothing persists."""
    counts = [8.0, 12.0] * 6 + [13.0, 17.0] * 4
    found = fit(poisson_sample(counts), step(12, 8), 1)
    assert found.coefficient == pytest.approx(math.log(1.5))
    # Residuals alternate: no credit is given for that, and the scale is Pearson's.
    pearson = 12 * 4 / 10 + 8 * 4 / 15
    assert found.noise == Noise(pytest.approx(pearson / 18), 0.0, pytest.approx(18))
    assert found.error == pytest.approx(math.sqrt(pearson / 18 * (1 / 120 + 1 / 120)))


@pytest.mark.parametrize("family", ["poisson", "binomial"])
def test_without_persistence_errors_are_those_of_statsmodels(family: str) -> None:
    rng = np.random.default_rng(5)
    size = 40
    weights = np.ones(size) if family == "poisson" else rng.integers(20, 60, size).astype(float)
    response = (
        rng.poisson(20, size).astype(float)
        if family == "poisson"
        else rng.binomial(weights.astype(int), 0.3) / weights
    )
    offset = rng.normal(0, 0.1, size)
    # Periods with gaps have no neighbours, and so no persistence to be seen.
    sample = Sample(family, np.arange(size) * 3, response, weights, offset)  # type: ignore[arg-type]
    design = step(25, 15)
    found = fit(sample, design, 1)
    kind = families.Poisson() if family == "poisson" else families.Binomial()
    model = GLM(response, design, family=kind, offset=offset, var_weights=weights)
    expected = model.fit(scale="X2", use_t=True)
    assert found.coefficient == pytest.approx(expected.params[1])
    assert found.error == pytest.approx(expected.bse[1], rel=1e-6)
    assert (found.lower, found.upper) == pytest.approx(tuple(expected.conf_int()[1]), rel=1e-6)


def test_the_error_of_a_mean_knows_persistence() -> None:
    """Of n values with autocorrelation rho^k the mean's variance is the mean of all of them."""
    size, rho = 10, 0.6
    pairs = sum(rho ** abs(i - j) for i in range(size) for j in range(size))
    error = planned_error(
        Noise(2.0, rho, 9.0), np.full(size, 5.0), np.ones((size, 1)), np.arange(size), 0
    )
    assert error == pytest.approx(math.sqrt(2.0 / 5.0 * pairs) / size)


def test_persistence_is_found_without_bias() -> None:
    """Short series have their mean taken out, which makes the plain estimate too low."""
    rng = np.random.default_rng(3)
    found = []
    for _ in range(150):
        wave = np.zeros(80)
        for index in range(1, 80):
            wave[index] = 0.5 * wave[index - 1] + rng.normal(0, 0.1)
        sample = poisson_sample(list(1e4 * np.exp(wave[40:])))
        found.append(noise_of(sample, np.ones((40, 1)))[0].rho)
    assert np.mean(found) == pytest.approx(0.5, abs=0.04)


def test_the_detectable_effect_is_that_of_the_power_function() -> None:
    """Two groups of 50 with standard deviation one: the error of the difference is 0.2."""
    expected = NormalIndPower().solve_power(nobs1=50, alpha=0.05, power=0.8)
    assert detectable(0.2, 1e7) == pytest.approx(expected, rel=1e-3)
    assert detectable(1.0, 5.0) > norm.ppf(0.975) + norm.ppf(0.8)


def test_too_few_periods_are_an_error() -> None:
    with pytest.raises(ValueError, match="too few periods"):
        fit(poisson_sample([1.0, 2.0, 3.0]), step(2, 1), 1)
