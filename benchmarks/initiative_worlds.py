"""Simulated initiatives whose effect is known: daily numbers of a treated and a control series.

The generator shares no code with the estimators, nor their assumptions: counts are gamma-Poisson
by day, what moves a level is a sum of shocks that last for weeks (no AR(1)), the season is a wave,
days have weekdays, and amounts are sums of lognormal deals.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np

FIRST_MONDAY = date(2024, 1, 1)
KINDS = ("count", "rate", "amount")
DESIGNS = ("randomised", "difference_in_differences", "interrupted_series", "before_after")
Row = dict[str, Any]


@dataclass(frozen=True)
class World:
    """An initiative and the laws behind its numbers."""

    seed: int
    design: str
    kind: str
    start: int  # day of the series on which it begins
    days: int  # for how long it runs
    level: float  # cases a day
    control_level: float
    spread: float  # over-dispersion of a day's count
    wander: float  # standard deviation of what moves a level for weeks
    season: float
    drift: float  # yearly growth of the treated series beyond that of the control
    wanted_up: bool

    @property
    def initiative(self) -> Row:
        """The plan, as the estimator reads it."""
        return {
            "design": self.design,
            "start_date": FIRST_MONDAY + timedelta(days=self.start),
            "end_date": FIRST_MONDAY + timedelta(days=self.start + self.days - 1),
            "lag_days": 0,
            "expected_effect": 0.2 if self.wanted_up else -0.2,
        }

    @property
    def as_of(self) -> date:
        """The day after which everything is final."""
        return FIRST_MONDAY + timedelta(days=self.start + self.days + 7)


def draw_world(seed: int) -> World:
    """A world by chance: designs and kinds in turn, everything else drawn."""
    rng = np.random.default_rng([seed, 1])
    design = DESIGNS[seed % len(DESIGNS)]
    level = float(rng.choice([0.8, 3, 10, 40]))
    randomised = design == "randomised"
    compared = randomised or design == "difference_in_differences"
    return World(
        seed=seed,
        design=design,
        kind=KINDS[seed // len(DESIGNS) % len(KINDS)],
        start=int(rng.integers(26, 78)) * 7,
        days=int(rng.integers(4, 14)) * 7,
        level=level,
        control_level=level if randomised else level * float(rng.uniform(0.5, 4)),
        spread=float(rng.uniform(0, 0.3)),
        # Groups that were drawn by lot have no fate of their own.
        wander=0.0 if randomised else float(rng.uniform(0, 0.12)),
        # Nothing takes a season out of a plain comparison of before and after.
        season=0.0 if design == "before_after" else float(rng.uniform(0, 0.3)),
        drift=float(rng.choice([0, 0, 0, 0, 0.4])) if compared and not randomised else 0.0,
        wanted_up=bool(rng.random() < 0.6),
    )


def simulate(world: World, effect: float = 0.0) -> list[Row]:
    """Rows by day and week of both arms, final ones up to the end of the measured time.

    `effect` is the true difference of logs from the start on.
    """
    rng = np.random.default_rng([world.seed, 2])
    days = np.arange(world.start + world.days)
    common = world.season * np.sin(2 * np.pi * (days / 365.25 + rng.random()))
    common = common + _shocks(rng, len(days), 0.08)
    weekday = np.array([1.15, 1.2, 1.2, 1.15, 1.0, 0.5, 0.5])[days % 7]
    after = days >= world.start
    treated = common + world.drift * days / 365.25 + _shocks(rng, len(days), world.wander)
    control = common + _shocks(rng, len(days), world.wander)
    has_control = world.design != "before_after"
    arms = {"treated": (treated, world.level, effect * after)}
    if has_control:
        arms["control"] = (control, world.control_level, np.zeros(len(days)))
    rows: list[Row] = []
    for arm, (wave, level, change) in arms.items():
        numerator, exposure = _observed(rng, world, level * weekday, wave, change)
        rows += _tabled(arm, numerator, exposure)
    return rows


def _observed(
    rng: np.random.Generator, world: World, level: Any, wave: Any, change: Any
) -> tuple[Any, Any]:
    if world.kind == "rate":
        # A rate moves less than a volume: a third of the waves, and it stays below one.
        asked = _counts(rng, level / 0.25 * np.exp(wave), world.spread)
        chance = np.minimum(0.25 * np.exp(wave / 3 + change), 0.95)
        return rng.binomial(asked.astype(np.int64), chance).astype(float), asked
    counts = _counts(rng, level * np.exp(wave + change), world.spread)
    if world.kind == "amount":
        sums = [rng.lognormal(0.0, 0.7, int(count)).sum() for count in counts]
        return np.array(sums) * 1e6, np.ones(len(counts))
    return counts, np.ones(len(counts))


def _counts(rng: np.random.Generator, mean: Any, spread: float) -> Any:
    heterogeneity = rng.gamma(1 / spread, spread, len(mean)) if spread > 0.01 else 1.0
    return rng.poisson(mean * heterogeneity).astype(float)


def _shocks(rng: np.random.Generator, size: int, deviation: float) -> Any:
    """Shocks on some days, each fading over one to five weeks, at a given standard deviation."""
    span = rng.integers(7, 36)
    weights = np.linspace(1.0, 0.0, span, endpoint=False)
    raw = np.where(rng.random(size + span) < 0.2, rng.standard_normal(size + span), 0.0)
    moved = np.convolve(raw, weights, mode="valid")[:size]
    return deviation * moved / np.sqrt(0.2 * (weights**2).sum())


def _tabled(arm: str, numerator: Any, exposure: Any) -> list[Row]:
    rows = []
    for grain, size in (("day", 1), ("week", 7)):
        whole = len(numerator) // size * size
        summed = numerator[:whole].reshape(-1, size).sum(axis=1)
        # A count is a count, whatever the period; only what is divided adds up.
        divided = exposure[:whole].reshape(-1, size)
        exposed = divided.sum(axis=1) if (exposure != 1).any() else divided[:, 0]
        for index in range(len(summed)):
            if exposed[index] > 0:
                start = FIRST_MONDAY + timedelta(days=index * size)
                rows.append(
                    {
                        "arm": arm,
                        "grain": grain,
                        "period_start": start,
                        "period_end": start + timedelta(days=size - 1),
                        "horizon_days": 0,
                        "numerator": float(summed[index]),
                        "exposure": float(exposed[index]),
                    }
                )
    return rows
