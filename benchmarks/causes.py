"""Simulated companies in which one cause was planted: does the split by cohorts name it first?

Each world is three years of opportunities of three channels, won or lost after a lognormal lag. In
the cohorts behind the last quarter one thing changes: how many are created, from which channels,
how many win, how soon, or for how much. The last quarter is compared with that of the year before,
on its last day, when many deals are still open. A cause counts where what it does to the quarter
exceeds the detection limit: 2.8 standard errors of the difference of two quarters, by the formula
of a compound Poisson process. Worlds without a change show how often an interval leaves zero out.
Usage: python benchmarks/causes.py [--worlds 300] [--seed 1]
"""

import argparse
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa

from keiro.tree.cohorts import EFFECTS, CohortWins, cohort_parts
from keiro.tree.contributions import Compared
from keiro.tree.panel import Measure, Panel

START = np.datetime64("2023-10-01")
MONTHS = 36
DAY = np.timedelta64(1, "D")
BEFORE, AFTER = np.datetime64("2025-07-01"), np.datetime64("2026-07-01")
AS_OF = np.datetime64("2026-09-30")
SIGMA = 0.6
# A change shows where it is 1.96 standard errors wide and found in four of five cases at 2.8.
DETECTABLE = 2.8
Numbers = np.ndarray[Any, np.dtype[np.float64]]


@dataclass(frozen=True)
class Company:
    """Opportunities a month, share that wins, mean amount by channel; median days to the end."""

    n: Numbers
    rate: Numbers
    amount: Numbers
    median_days: float


@dataclass(frozen=True)
class World:
    """A company before and after a change of which `cause` is the name, null without one."""

    usual: Company
    changed: Company
    cause: str | None
    since: np.datetime64


@dataclass(frozen=True)
class Deals:
    """One row per deal: day of creation, channel, days to the end, whether won, amount."""

    created: np.ndarray[Any, Any]
    channel: np.ndarray[Any, Any]
    ended: np.ndarray[Any, Any]
    is_won: np.ndarray[Any, Any]
    amount: Numbers


def make_world(rng: np.random.Generator, cause: str | None) -> World:
    """A company, and what changes in it."""
    usual = Company(
        n=rng.uniform(40, 160, 3),
        rate=rng.uniform(0.1, 0.4, 3),
        amount=rng.uniform(1.0, 3.0, 3),
        median_days=rng.uniform(20, 60),
    )
    size = rng.uniform(0.2, 1.0)
    factor = 1 + size if rng.random() < 0.5 else 1 / (1 + size)
    changes: dict[str | None, dict[str, Any]] = {
        None: {},
        "volume": {"n": usual.n * factor},
        "rate": {"rate": np.minimum(usual.rate * factor, 0.9)},
        "value": {"amount": usual.amount * factor},
        "mix": {"n": _shifted(usual, factor**3)},
        "speed": {"median_days": usual.median_days * (1 + 2 * size)},
    }
    # What all cohorts take longer for comes as often as before: speed shows while it changes.
    since = np.datetime64("2026-06-01" if cause == "speed" else "2025-10-01")
    return World(usual, replace(usual, **changes[cause]), cause, since)


def _shifted(usual: Company, factor: float) -> Numbers:
    """As many opportunities, more or fewer of them from the channel that is worth most."""
    best = int(np.argmax(usual.rate * usual.amount))
    n = usual.n.copy()
    n[best] = min(n[best] * factor, 0.9 * usual.n.sum())
    others = np.arange(3) != best
    n[others] *= (usual.n.sum() - n[best]) / n[others].sum()
    return n


def make_deals(rng: np.random.Generator, world: World, *, times: int = 1) -> Deals:
    """The deals of a world; `times` as many where an expectation is wanted."""
    parts = []
    for month in START.astype("datetime64[M]") + np.arange(MONTHS):
        first = month.astype("datetime64[D]")
        company = world.changed if first >= world.since else world.usual
        days = int(((month + 1).astype("datetime64[D]") - first) / DAY)
        for channel in range(3):
            size = rng.poisson(company.n[channel] * times)
            lag = np.exp(rng.normal(np.log(company.median_days), SIGMA, size))
            created = first + rng.integers(0, days, size)
            is_won = rng.random(size) < company.rate[channel]
            amount = company.amount[channel] * np.exp(rng.normal(-0.125, 0.5, size))
            number = np.full(size, channel)
            parts.append((created, number, created + lag.astype(int), is_won, amount))
    return Deals(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))


def revenue(deals: Deals, quarter: np.datetime64) -> tuple[float, float]:
    """Won revenue of a quarter and the sum of its squared amounts."""
    end = (quarter.astype("datetime64[M]") + 3).astype("datetime64[D]")
    won = deals.is_won & (deals.ended >= quarter) & (deals.ended < end)
    return float(deals.amount[won].sum()), float((deals.amount[won] ** 2).sum())


def is_detectable(rng: np.random.Generator, world: World) -> bool:
    """Whether what the change does to the quarter exceeds the detection limit."""
    times = 20
    changed = revenue(make_deals(rng, world, times=times), AFTER)
    usual = revenue(make_deals(rng, replace(world, changed=world.usual), times=times), AFTER)
    error = np.sqrt((changed[1] + usual[1]) / times)
    return bool(abs(changed[0] - usual[0]) / times > DETECTABLE * error)


def split(world: World, deals: Deals) -> dict[str, tuple[float, float, float]]:
    """Keiro's contributions by effect, each with its bounds."""
    known = deals.ended <= AS_OF
    won = known & deals.is_won
    # Wins and losses take equally long, so that who is open wins as often as ever.
    chance = np.where(known, won.astype(float), world.usual.rate[deals.channel])
    month = deals.created.astype("datetime64[M]").astype("datetime64[D]")
    won_month = deals.ended.astype("datetime64[M]").astype("datetime64[D]")
    cohorts = pa.table(
        {
            "cohort_month": pa.array(month),
            "channel": pa.array(deals.channel.astype(str)),
            "won_month": pa.array(won_month, mask=~won),
            "amount": pa.array(deals.amount, mask=~won),
            "chance_to_win": pa.array(chance),
            "opportunities": pa.array(np.ones(len(month), dtype=np.int64)),
        }
    ).filter(pa.array(deals.created <= AS_OF))
    rows = [
        {
            "metric": "won_revenue",
            "grain": "fiscal_quarter",
            "scope": "all",
            "period_start": quarter.item(),
            "period_end": (
                (quarter.astype("datetime64[M]") + 3).astype("datetime64[D]") - DAY
            ).item(),
            "value": revenue(deals, quarter)[0],
            "numerator": None,
            "denominator": None,
            "n": None,
            "status": "final",
            "trust": "ok",
        }
        for quarter in (BEFORE, AFTER)
    ]
    panel = Panel("fiscal_quarter", pa.Table.from_pylist(rows), date(2026, 9, 30))
    measure = Measure("won_revenue", "JPY", "amount", None, None, None, None)
    compared = Compared("year_before", np.array([0]), np.array([1]))
    parts = list(cohort_parts(CohortWins(panel, cohorts), measure, compared))
    if not all(part.is_known[0] for part in parts):
        raise AssertionError("the cohorts do not add up to the revenue")
    return {
        part.effect: (float(part.contribution[0]), float(part.lower[0]), float(part.upper[0]))
        for part in parts
    }


def measure_worlds(worlds: int, seed: int) -> dict[str, tuple[int, int]]:
    """By cause how many worlds had a detectable one, and in how many of them it came out first.

    Under `false` stand the contributions in worlds without a change, and how many intervals of
    them left zero out.
    """
    counts = {cause: [0, 0] for cause in (*EFFECTS, "false")}
    for number in range(worlds):
        rng = np.random.default_rng([seed, number])
        cause = (None, *EFFECTS)[number % (len(EFFECTS) + 1)]
        world = make_world(rng, cause)
        if cause is None:
            found = split(world, make_deals(rng, world))
            counts["false"][0] += len(found)
            counts["false"][1] += sum(low > 0 or high < 0 for _, low, high in found.values())
        elif is_detectable(rng, world):
            found = split(world, make_deals(rng, world))
            first = max(found, key=lambda effect: abs(found[effect][0]))
            counts[cause][0] += 1
            counts[cause][1] += first == cause
    return {cause: (tried, hit) for cause, (tried, hit) in counts.items()}


def main() -> None:
    """Print the counts as a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--worlds", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    counts = measure_worlds(given.worlds, given.seed)
    false = counts.pop("false")
    print("| cause | detectable | named first |")
    print("|---|---|---|")
    for cause, (tried, hit) in counts.items():
        print(f"| {cause} | {tried} | {hit} |")
    tried, hit = (sum(column) for column in zip(*counts.values(), strict=True))
    print(f"| all | {tried} | {hit} ({100 * hit / max(tried, 1):.1f} %) |")
    print(f"intervals without a change that leave zero out: {false[1]} of {false[0]}")


if __name__ == "__main__":
    main()
