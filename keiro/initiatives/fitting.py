"""Quasi-likelihood fits of a short series; errors know over-dispersion and persistence.

The means are fitted by statsmodels' GLM. Its HAC errors reject too often on series of some dozens
of periods (benchmarks/README.md has the figures), so the covariance is the sandwich with an AR(1)
working correlation instead: its parameter and the scale are corrected for what fitting took away,
and quantiles are Student's with Satterthwaite's degrees of freedom.
"""

import warnings
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Family = Literal["binomial", "poisson"]

ALPHA = 0.05
POWER = 0.8
# Beyond this a series of some dozens of periods says nothing of its persistence any more.
RHO_GRID = np.linspace(0.0, 0.9, 19)


@dataclass(frozen=True)
class Noise:
    """What a series does beside its mean: over-dispersion, persistence, and how well known."""

    scale: float
    rho: float
    df: float


@dataclass(frozen=True)
class Fit:
    """A coefficient on the log or logit scale, with its standard error and the noise behind it."""

    coefficient: float
    error: float
    noise: Noise

    @property
    def lower(self) -> float:
        """Lower end of the 95 % interval."""
        return self.coefficient - self.noise_quantile() * self.error

    @property
    def upper(self) -> float:
        """Upper end of the 95 % interval."""
        return self.coefficient + self.noise_quantile() * self.error

    def noise_quantile(self) -> float:
        """The two-sided quantile of Student's distribution."""
        from scipy.stats import t  # type: ignore[import-untyped]

        return float(t.ppf(1 - ALPHA / 2, self.noise.df))

    @property
    def detectable(self) -> float:
        """Smallest effect on the log scale that is found with the wanted power."""
        return detectable(self.error, self.noise.df)


@dataclass(frozen=True)
class Sample:
    """Rows of a fit: `periods` are whole numbers whose gaps are counted.

    For `binomial`, `response` is a share and `weights` how much it is a share of; for `poisson`
    the response is a count or an amount and the weights are one.
    """

    family: Family
    periods: NDArray[np.int64]
    response: Floats
    weights: Floats
    offset: Floats

    def only(self, rows: NDArray[np.bool_]) -> "Sample":
        """The sample of some rows."""
        return Sample(
            self.family,
            self.periods[rows],
            self.response[rows],
            self.weights[rows],
            self.offset[rows],
        )


def fit(sample: Sample, design: Floats, column: int) -> Fit:
    """Fit the mean and give the coefficient of one column of the design matrix.

    Raises ValueError where there are no more rows than columns or the fit does not converge.
    """
    mean, coefficients = _fit_mean(sample, design)
    information, residuals = _working(sample, mean)
    noise = _noise(information, residuals, design, sample.periods)
    error = _error(information, design, sample.periods, noise, column)
    return Fit(float(coefficients[column]), error, noise)


def noise_of(sample: Sample, design: Floats) -> tuple[Noise, Floats]:
    """The noise around a fitted mean, and each row's information at scale one."""
    mean, _ = _fit_mean(sample, design)
    information, residuals = _working(sample, mean)
    return _noise(information, residuals, design, sample.periods), information


def planned_error(
    noise: Noise, information: Floats, design: Floats, periods: NDArray[np.int64], column: int
) -> float:
    """The standard error that a design will have, with noise known from another fit."""
    return _error(information, design, periods, noise, column)


def detectable(error: float, df: float) -> float:
    """The effect that a two-sided test at 5 % finds with 80 % power, given its standard error."""
    from scipy.stats import t

    return float(t.ppf(1 - ALPHA / 2, df) + t.ppf(POWER, df)) * error


def _fit_mean(sample: Sample, design: Floats) -> tuple[Floats, Floats]:
    from statsmodels.genmod import families
    from statsmodels.genmod.generalized_linear_model import GLM

    if len(sample.response) <= design.shape[1] + 1:
        raise ValueError("too few periods")
    family = families.Binomial() if sample.family == "binomial" else families.Poisson()
    model = GLM(
        sample.response, design, family=family, offset=sample.offset, var_weights=sample.weights
    )
    # What a fit warns of, as separation, is judged by whether it converged.
    with np.errstate(all="ignore"), warnings.catch_warnings(action="ignore"):
        fitted: Any = model.fit(maxiter=50)
    if not (fitted.converged and np.isfinite(fitted.params).all()):
        raise ValueError("the fit does not converge")
    return np.asarray(fitted.mu), np.asarray(fitted.params)


def _working(sample: Sample, mean: Floats) -> tuple[Floats, Floats]:
    """Each row's information at scale one, and its Pearson residual."""
    variance = mean * (1.0 - mean) if sample.family == "binomial" else mean
    information = np.maximum(sample.weights * variance, 1e-12)
    return information, sample.weights * (sample.response - mean) / np.sqrt(information)


def _noise(
    information: Floats, residuals: Floats, design: Floats, periods: NDArray[np.int64]
) -> Noise:
    """Persistence whose expected residual correlation is the one seen, then scale and freedom.

    With residuals e = M u and u an AR(1), E[e'Le] / E[e'e] = tr(MRML) / tr(MR): the right side
    grows with rho, and its value at rho = 0 is the bias of the plain estimate.
    """
    whitened = np.sqrt(information)[:, None] * design
    keep = np.eye(len(periods)) - whitened @ np.linalg.pinv(whitened)
    gaps = np.abs(periods[:, None] - periods[None, :])
    neighbours = (gaps == 1) / 2.0
    squares = float(residuals @ residuals)
    seen = float(residuals @ neighbours @ residuals) / squares if squares > 0 else 0.0
    expected = []
    for rho in RHO_GRID:
        spread = keep @ _correlation(gaps, rho) @ keep
        expected.append(float(np.sum(spread * neighbours)) / float(np.trace(spread)))
    # No credit for what swings back, nor a guess where no two periods are neighbours.
    grown = np.maximum.accumulate(expected)
    rho = float(np.interp(seen, grown, RHO_GRID)) if seen > expected[0] else 0.0
    product = keep @ _correlation(gaps, rho)
    trace = float(np.trace(product))
    df = trace**2 / float(np.sum(product * product.T))
    return Noise(scale=squares / trace, rho=rho, df=max(df, 1.0))


def _error(
    information: Floats, design: Floats, periods: NDArray[np.int64], noise: Noise, column: int
) -> float:
    whitened = np.sqrt(information)[:, None] * design
    bread = np.linalg.pinv(whitened)
    gaps = np.abs(periods[:, None] - periods[None, :])
    row = bread[column]
    return float(np.sqrt(noise.scale * (row @ _correlation(gaps, noise.rho) @ row)))


def _correlation(gaps: NDArray[np.int64], rho: float) -> Floats:
    return np.asarray(np.power(rho, gaps, dtype=np.float64))
