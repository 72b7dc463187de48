"""Won revenue by the cohorts that it comes from: volume, mix, rate, speed and value.

W_t = sum over cohorts c of n_c * m_c * r_c * f_c(t - c) * v_t. A cohort is the opportunities
created in a month, n_c their number (volume). m_c is what each of them is worth by the channels
that they come from, at the channels' win rates and amounts of all times (mix). r_c is the share
of the cohort that wins sooner or later, over the share that its channels would give (rate); an
open one wins with the chance that the curve gives. f_c is the part of these wins that falls into
the period (speed), v_t the amount of a win in the period over what the channels would give
(value). Standardising by channels keeps the noise of small cohorts out of the factors (Kitagawa
1964, "Standardized comparisons in population research", Demography 1(1), 296-315). Cohorts of two
periods are matched by their age, their months before the period's end.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from zlib import crc32

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from scipy import sparse  # type: ignore[import-untyped]

from keiro.tree.contributions import Compared, Part, bounds
from keiro.tree.draws import DRAWS, SEED
from keiro.tree.effects import Array, shapley
from keiro.tree.panel import ALL, MONTHS, Measure, Panel

METRIC = "won_revenue"
EFFECTS = ("volume", "mix", "rate", "speed", "value")
# Cohorts older than this are one cohort.
OLDEST = 24
# The month of what has not happened: before all others.
NEVER = -(2**31)


@dataclass(frozen=True)
class Factors:
    """The factors of one period, by draw (the first is the data itself) and age of the cohort.

    A factor is NaN where there is nothing to measure it on.
    """

    volume: Array
    mix: Array
    rate: Array
    speed: Array
    value: Array


class CohortWins:
    """Opportunities by cohort month, channel and month of winning, with bootstrap weights.

    `cohorts` are rows of `kpi.fct_kpi_won_cohorts`: groups of opportunities that are equal in all
    of it. The first draw has the groups' own numbers.
    """

    def __init__(self, panel: Panel, cohorts: pa.Table) -> None:
        """Keep the groups; they are summed when a period asks for them."""
        self.panel = panel
        self._cohort = _months(cohorts["cohort_month"])
        self._won = _months(cohorts["won_month"])
        self.channels, self._channel = np.unique(
            cohorts["channel"].to_numpy(zero_copy_only=False).astype(str), return_inverse=True
        )
        self._amount = np.nan_to_num(cohorts["amount"].cast(pa.float64()).to_numpy())
        self._chance = cohorts["chance_to_win"].cast(pa.float64()).to_numpy()
        n = cohorts["opportunities"].cast(pa.float64()).to_numpy()
        rng = np.random.default_rng([SEED, crc32(METRIC.encode())])
        drawn = rng.poisson(n[:, np.newaxis], (len(n), DRAWS)).astype(float)
        self._weights = np.concatenate([n[:, np.newaxis], drawn], axis=1)

    @cached_property
    def _channel_chances(self) -> tuple[Array, Array]:
        """Win rate and mean amount of each channel over all times, by draw and channel."""
        shape = (1, len(self.channels))
        every = np.ones(len(self._cohort), dtype=bool)
        won = self._won > NEVER
        n, to_win, wins, revenue = (
            self._sum(self._channel, chosen, values, shape)[:, 0]
            for chosen, values in (
                (every, 1.0),
                (every, self._chance),
                (won, 1.0),
                (won, self._amount),
            )
        )
        with np.errstate(divide="ignore", invalid="ignore"):
            usual = revenue.sum(axis=1, keepdims=True) / wins.sum(axis=1, keepdims=True)
            amount = np.where(wins > 0, revenue / wins, usual)
            return np.where(n > 0, to_win / n, 0.0), amount

    def factors(self, period: int) -> Factors:
        """The factors of a period of the panel."""
        first = int(self.panel.periods[period].astype("datetime64[M]").astype(int))
        length = MONTHS[self.panel.grain]
        won = self._won_in(period)
        # A win that is dated before its creation belongs to the month of the win.
        cohort = np.where(won, np.minimum(self._cohort, self._won), self._cohort)
        age = np.clip(first + length - 1 - cohort, -1, OLDEST + length)
        shape = (OLDEST + length + 1, len(self.channels))
        place = age * len(self.channels) + self._channel
        there = age >= 0
        by_channel = self._sum(place, there, 1.0, shape)
        to_win = self._sum(place, there, self._chance, shape).sum(axis=2)
        wins = self._sum(place, there & won, 1.0, shape).sum(axis=2)
        revenue = self._sum(place, there & won, self._amount, shape).sum(axis=(1, 2))
        chance, amount = self._channel_chances
        n = by_channel.sum(axis=2)
        usual_wins = np.einsum("dac,dc->da", by_channel, chance)
        usual_revenue = np.einsum("dac,dc->da", by_channel, chance * amount)
        with np.errstate(divide="ignore", invalid="ignore"):
            expected = np.where(usual_wins > 0, wins * usual_revenue / usual_wins, 0.0)
            return Factors(
                volume=n,
                mix=usual_revenue / n,
                rate=to_win / usual_wins,
                speed=wins / to_win,
                value=(revenue / expected.sum(axis=1))[:, np.newaxis],
            )

    def revenue(self, period: int) -> float:
        """What was won in a period of the panel, in all channels."""
        won = self._won_in(period)
        return float((self._weights[won, 0] * self._amount[won]).sum())

    def _won_in(self, period: int) -> NDArray[np.bool_]:
        first = int(self.panel.periods[period].astype("datetime64[M]").astype(int))
        won: NDArray[np.bool_] = self._won >= first
        return won & (self._won < first + MONTHS[self.panel.grain])

    def is_open(self, period: int) -> bool:
        """Whether opportunities that were there in a period may still be won."""
        months = MONTHS[self.panel.grain]
        last = int(self.panel.periods[period].astype("datetime64[M]").astype(int)) + months - 1
        undecided = (self._chance > 0) & (self._chance < 1)
        return bool((undecided & (self._cohort <= last)).any())

    def _sum(
        self,
        place: NDArray[Any],
        chosen: NDArray[np.bool_],
        values: Array | float,
        shape: tuple[int, int],
    ) -> Array:
        """Weighted sums of groups by draw and cell."""
        rows = place[chosen]
        amounts = np.broadcast_to(values, place.shape)[chosen]
        adding = sparse.csr_matrix(
            (amounts, (rows, np.flatnonzero(chosen))),
            (shape[0] * shape[1], len(place)),
        )
        total: Array = (adding @ self._weights).T.reshape(-1, *shape)
        return total


def cohort_parts(wins: CohortWins, measure: Measure, compared: Compared) -> Iterator[Part]:
    """The change of won revenue over all channels, split into the five effects by Shapley."""
    panel = wins.panel
    if measure.metric != METRIC or not len(wins.channels) or ALL not in panel.scopes:
        return
    chosen = sorted({*compared.before.tolist(), *compared.after.tolist()})
    factors = {period: wins.factors(period) for period in chosen}
    split = np.stack(
        [
            split_cohorts(factors[before], factors[after])
            for before, after in zip(compared.before, compared.after, strict=True)
        ],
        axis=1,
    )
    value = panel.column("value", [METRIC])[0][:, panel.scopes.index(ALL)]
    # Where the metric is withheld, or defined otherwise, it is not what the cohorts won.
    adds_up = np.zeros(len(panel.periods), dtype=bool)
    for period in chosen:
        adds_up[period] = np.isclose(wins.revenue(period), value[period], rtol=1e-9, atol=1e-6)
    lower, upper = bounds(split[:, :, 1:])
    is_open = np.array([wins.is_open(period) for period in range(len(panel.periods))])
    for number, effect in enumerate(EFFECTS):
        yield Part(
            metric=METRIC,
            decomposition="cohorts",
            scope=ALL,
            driver=METRIC,
            effect=effect,
            contribution=split[number, :, 0],
            lower=lower[number],
            upper=upper[number],
            is_known=adds_up[compared.before] & adds_up[compared.after],
            is_lmdi=None,
            is_provisional=is_open[compared.before] | is_open[compared.after],
        )


def split_cohorts(before: Factors, after: Factors) -> Array:
    """Contributions by effect (in the order of `EFFECTS`) and draw, summing to the change.

    A factor that cannot be measured in one period is that of the other one: it takes no part.
    """
    first, second = [], []
    for effect in EFFECTS:
        old, new = getattr(before, effect), getattr(after, effect)
        first.append(np.nan_to_num(np.where(np.isfinite(old), old, new)))
        second.append(np.nan_to_num(np.where(np.isfinite(new), new, old)))
    return shapley(_revenue, first, second)


def _revenue(factors: list[Array]) -> Array:
    total: Array = np.prod(np.broadcast_arrays(*factors), axis=0).sum(axis=1)
    return total


def _months(column: pa.ChunkedArray) -> NDArray[Any]:
    """Months since 1970; of no month one that is before all others."""
    months = column.to_numpy(zero_copy_only=False).astype("datetime64[M]")
    numbers = months.astype(int)
    return np.where(np.isnat(months), NEVER, numbers)
