"""What becomes of open items and of new ones by the end of a period, by the conversion curve.

An open item of age a converts within t more days with the chance (F(a + t) - F(a)) / S(a), with F
the share converted and S the share still in the stage (Aalen and Johansen 1978, with losses as a
competing event). The curve itself is an estimate: each draw has a curve of its own, by the
posterior of the daily hazards (Hjort 1990, Ann. Stat. 18, 1259-1294: a beta process, here gamma
per day).
"""

from dataclasses import dataclass

import numpy as np

from keiro.goals.arrays import Floats, Ints

# Below this many conversions a curve says too little for a chance.
CONVERSIONS_NEEDED = 10
# So many open items are drawn one by one; of more, sums by age are drawn.
DRAWN_ONE_BY_ONE = 500
# Sums of more amounts than this are drawn as normal.
SUMMED_ONE_BY_ONE = 200
CURVE_DRAWS = 400


@dataclass(frozen=True)
class Curve:
    """A stage pair by days since the entry, 0 first: at risk, converted and lost on that day."""

    at_risk: Floats
    converted: Floats
    lost: Floats

    @property
    def is_usable(self) -> bool:
        """Whether enough items converted."""
        return bool(self.converted.sum() >= CONVERSIONS_NEEDED)

    @property
    def conversion(self) -> Floats:
        """F by day: the share converted by its end."""
        return np.asarray(self._shares(*self._hazards())[0][0])

    @property
    def staying(self) -> Floats:
        """S by day: the share neither converted nor lost by its end."""
        return np.asarray(self._shares(*self._hazards())[1][0])

    def draw(
        self, rng: np.random.Generator, draws: int, spread: float = 0.0
    ) -> tuple[Floats, Floats]:
        """F and S by draw and day, as unsure as the curve is.

        `spread` is the standard deviation of the log odds to convert ever, between now and the past
        that the curve is of; 0 where cohorts are equal.
        """
        with np.errstate(divide="ignore", invalid="ignore"):
            converting, losing = (
                np.where(self.at_risk > 0, self._gamma(rng, events, draws) / self.at_risk, 0.0)
                for events in (self.converted, self.lost)
            )
        conversion, staying = self._shares(converting, losing)
        if spread > 0:
            ever = np.clip(conversion[:, -1:], 1e-6, 1 - 1e-6)
            odds = ever / (1 - ever) * np.exp(spread * rng.standard_normal((draws, 1)))
            conversion = conversion * (odds / (1 + odds) / ever)
        return conversion, staying

    @staticmethod
    def _gamma(rng: np.random.Generator, events: Floats, draws: int) -> Floats:
        drawn = np.zeros((draws, len(events)))
        days = np.flatnonzero(events > 0)
        drawn[:, days] = rng.standard_gamma(events[days], size=(draws, len(days)))
        return drawn

    def _hazards(self) -> tuple[Floats, Floats]:
        with np.errstate(divide="ignore", invalid="ignore"):
            converting, losing = (
                np.where(self.at_risk > 0, events / self.at_risk, 0.0)[None, :]
                for events in (self.converted, self.lost)
            )
        return converting, losing

    @staticmethod
    def _shares(converting: Floats, losing: Floats) -> tuple[Floats, Floats]:
        leaving = converting + losing
        excess = np.maximum(leaving, 1.0)
        staying = np.cumprod(1 - leaving / excess, axis=1)
        before = np.concatenate([np.ones((len(staying), 1)), staying[:, :-1]], axis=1)
        return np.asarray(np.cumsum(before * converting / excess, axis=1)), np.asarray(staying)


def follow(entered: Ints, ended: Ints, is_converted: Ints, today: int) -> tuple[Curve, Ints]:
    """The curve as it was known at the end of a day, and which items were open then.

    Args:
        entered: day of each item's entry.
        ended: day of its conversion or loss, beyond any day while it is open.
        is_converted: 1 where it converted, else 0.
        today: the day.

    Returns:
        The curve over all items that had entered, and the positions of the open ones.

    """
    begun = np.flatnonzero(entered <= today)
    is_open = ended[begun] > today
    lag = np.maximum(np.minimum(ended[begun], today) - entered[begun], 0)
    size = int(lag.max(initial=0)) + 1
    over = is_converted[begun].astype(bool) & ~is_open
    lost = ~over & ~is_open
    left = np.bincount(lag, minlength=size)
    at_risk = len(begun) - np.concatenate([[0], np.cumsum(left)[:-1]])
    return Curve(
        at_risk=at_risk.astype(float),
        converted=np.bincount(lag[over], minlength=size).astype(float),
        lost=np.bincount(lag[lost], minlength=size).astype(float),
    ), begun[is_open]


def chances_of(conversion: Floats, staying: Floats, ages: Ints, days_left: float) -> Floats:
    """Chance of open items to convert within so many days, by draw and item.

    An item that is older than anything that was followed has no chance that is known: none.
    """
    last = conversion.shape[1] - 1
    now = np.minimum(ages, last)
    end = np.minimum(ages + days_left, last)
    low = np.floor(end).astype(np.int64)
    # Between two whole days the chance grows evenly.
    part = (end - low)[None, :]
    later = conversion[:, low] * (1 - part) + conversion[:, np.minimum(low + 1, last)] * part
    with np.errstate(divide="ignore", invalid="ignore"):
        chance = (later - conversion[:, now]) / staying[:, now]
    return np.asarray(np.clip(np.nan_to_num(chance, nan=0.0, posinf=0.0), 0.0, 1.0))


@dataclass(frozen=True)
class Amounts:
    """What items are worth: amounts of converted ones, and the share of them that have one."""

    known: Floats
    share_known: float = 1.0

    def draw_sums(self, counts: Ints, rng: np.random.Generator) -> Floats:
        """Sums of so many amounts by draw; each draw resamples what amounts there are.

        Large numbers of items are summed by the resample's mean and spread.
        """
        pool = self.known[rng.integers(len(self.known), size=(len(counts), len(self.known)))]
        valued = rng.binomial(counts, self.share_known)
        few = np.minimum(valued, SUMMED_ONE_BY_ONE)
        draw = np.repeat(np.arange(len(counts)), np.where(valued <= SUMMED_ONE_BY_ONE, few, 0))
        each = pool[draw, rng.integers(pool.shape[1], size=len(draw))]
        exact = np.bincount(draw, weights=each, minlength=len(counts))
        normal = valued * pool.mean(axis=1) + np.sqrt(valued) * pool.std(
            axis=1
        ) * rng.standard_normal(len(counts))
        return np.asarray(np.where(valued <= SUMMED_ONE_BY_ONE, exact, np.maximum(normal, 0.0)))


@dataclass(frozen=True)
class OpenItems:
    """Open items: days since their entry, and their amounts (NaN where nobody entered one)."""

    ages: Ints
    amounts: Floats | None = None


def draw_open(  # noqa: PLR0913, PLR0917
    items: OpenItems,
    conversion: Floats,
    staying: Floats,
    days_left: float,
    amounts: Amounts | None,
    rng: np.random.Generator,
) -> Floats:
    """How many open items, or what amount of them, converts within so many days, by draw.

    An item without an amount gets one of the pool's, as often as converted ones have one.
    """
    draws = len(conversion)
    if not len(items.ages):
        return np.zeros(draws)
    ages, group = np.unique(items.ages, return_inverse=True)
    chance = chances_of(conversion, staying, ages, days_left)
    if amounts is None or items.amounts is None:
        counts = np.bincount(group)
        return np.asarray(rng.binomial(counts[None, :], chance).sum(axis=1), float)
    unknown = ~np.isfinite(items.amounts)
    value = np.where(unknown, 0.0, items.amounts)
    if len(value) <= DRAWN_ONE_BY_ONE:
        won = rng.random((draws, len(value))) < chance[:, group]
        total = won @ value
        blank = (won & unknown).sum(axis=1)
    else:
        first = np.bincount(group, weights=value)
        second = np.bincount(group, weights=value**2)
        spread = np.sqrt((chance * (1 - chance)) @ second)
        total = np.maximum(chance @ first + spread * rng.standard_normal(draws), 0.0)
        blank = rng.binomial(np.bincount(group, weights=unknown).astype(int), chance).sum(axis=1)
    return np.asarray(total + amounts.draw_sums(blank, rng))


def draw_new(
    arrivals: Floats, shares: Floats, amounts: Amounts | None, rng: np.random.Generator
) -> Floats:
    """How many new items, or what amount of them, converts, by draw.

    Args:
        arrivals: new items by draw and week.
        shares: the share of a week's items that converts in time, by draw and week.
        amounts: what they are worth, null to count them.
        rng: source of chance.

    """
    whole = np.floor(arrivals + rng.random(arrivals.shape)).astype(np.int64)
    counts = rng.binomial(whole, np.clip(shares, 0.0, 1.0)).sum(axis=1)
    return np.asarray(counts, float) if amounts is None else amounts.draw_sums(counts, rng)
