"""Simulated worlds whose future is known: are intervals and chances of targets right?

A world is a company of its own: daily arrivals with a trend that may wander, a rhythm of weekdays,
holidays and closures, over-dispersion; conversion with lags and losses; lognormal amounts. On days
before the end of a half-year Keiro's functions are shown the past alone and asked for the
half-year's arrivals, won deals and won amount, and for the chance of a target that a manager might
have set: the half-year before, and growth.
The generator shares no code with what it judges.
Usage: python benchmarks/goals.py [--worlds 300] [--seed 1]
"""

import argparse
import resource
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from keiro.goals.chances import Amounts, OpenItems, follow
from keiro.goals.days import Calendar
from keiro.goals.outlook import Funnel, Horizon, draw_flow, draw_funnel, summarise

PERIOD = 182
DAYS_LEFT = (10, 30, 60, 120)
NEVER = 10**6
BINS = 10
Floats = np.ndarray[Any, np.dtype[np.float64]]
Ints = np.ndarray[Any, np.dtype[np.int64]]


@dataclass(frozen=True)
class World:
    """What happens, by day and by item. The period is the last half-year, `growth` its target's."""

    weekday: Ints
    is_business: np.ndarray[Any, np.dtype[np.bool_]]
    arrivals: Ints
    entered: Ints
    ended: Ints
    is_won: Ints
    amount: Floats
    growth: float

    @property
    def days(self) -> int:
        """How many days there are, the future among them."""
        return len(self.arrivals)


def make_world(rng: np.random.Generator) -> World:
    """A world drawn at random."""
    days = int(rng.integers(500, 1100)) + PERIOD
    weekday = (np.arange(days) + rng.integers(7)) % 7
    is_business = weekday < 5
    is_business[rng.choice(days, size=days * 16 // 365, replace=False)] = False
    for year_end in range(int(rng.integers(365)), days, 365):
        is_business[year_end : year_end + 6] = False
    rhythm = np.concatenate([rng.dirichlet(np.full(5, 40.0)) * 5, rng.uniform(0, 0.3, 2)])
    intensity = np.where(is_business, rhythm[np.minimum(weekday, 4)], rhythm[5 + weekday % 2])
    weeks = days // 7 + 1
    steps = rng.normal(0, rng.choice([0, 0, 0.015, 0.03]), weeks).cumsum()
    trend = rng.normal(0.1, 0.25) * np.arange(days) / 365 + np.repeat(steps, 7)[:days]
    level = np.exp(rng.uniform(np.log(0.5), np.log(12)))
    mean = level * intensity * np.exp(trend - trend[-PERIOD])
    excess = rng.uniform(0.05, 2.0)
    arrivals = rng.poisson(mean * rng.gamma(1 / excess, excess, days) if excess > 0.2 else mean)
    entered = np.repeat(np.arange(days), arrivals)
    is_won, ended = _fates(len(entered), entered, is_business, rng)
    spread = rng.uniform(0.3, 1.1)
    return World(
        weekday=weekday,
        is_business=is_business,
        arrivals=arrivals,
        entered=entered,
        ended=ended,
        is_won=is_won,
        amount=np.round(rng.lognormal(np.log(1e6), spread, len(entered))),
        growth=rng.normal(1.05, 0.2),
    )


def _fates(
    size: int,
    entered: Ints,
    is_business: np.ndarray[Any, np.dtype[np.bool_]],
    rng: np.random.Generator,
) -> tuple[Ints, Ints]:
    is_won = (rng.random(size) < rng.uniform(0.1, 0.5)).astype(np.int64)
    win = rng.lognormal(np.log(rng.uniform(8, 60)), rng.uniform(0.4, 0.9), size)
    loss = rng.lognormal(np.log(rng.uniform(15, 90)), rng.uniform(0.4, 1.0), size)
    loss = np.where(rng.random(size) < rng.uniform(0.5, 1.0), loss, NEVER)
    ended = entered + np.where(is_won == 1, win, loss).astype(np.int64)
    # Nothing is decided on a day off: it waits for the next business day.
    days = len(is_business)
    next_day = np.full(days + 1, NEVER)
    for day in range(days - 1, -1, -1):
        next_day[day] = day if is_business[day] else next_day[day + 1]
    return is_won, next_day[np.minimum(ended, days)]


def judge_world(number: int, world: World, seed: int) -> list[dict[str, Any]]:
    """Forecasts and chances of a world on each day, beside what happened."""
    won = world.is_won == 1
    within = won & (world.ended < world.days)
    series = {
        "arrivals": world.arrivals.astype(float),
        "won_deals": np.bincount(world.ended[within], minlength=world.days).astype(float),
        "won_amount": np.bincount(
            world.ended[within], weights=world.amount[within], minlength=world.days
        ),
    }
    start = world.days - PERIOD
    rows = []
    for left in DAYS_LEFT:
        known = world.days - left
        horizon = Horizon(Calendar(world.weekday, world.is_business), known=known, left=left)
        for metric, values in series.items():
            rng = np.random.default_rng([seed, number, left, len(metric)])
            past = values[start - PERIOD : start].sum()
            target = np.round(past * world.growth)
            reached = values[start:known].sum()
            coming = _coming(metric, world, series, horizon, rng)
            if coming is None or target <= 0:
                continue
            outlook = summarise(
                reached + coming,
                rng,
                target=target,
                direction="up",
                floor=reached,
                is_count=metric != "won_amount",
            )
            passed = world.is_business[start:known].sum() / world.is_business[start:].sum()
            rows.append(
                {
                    "metric": metric,
                    "days_left": left,
                    "truth": values[start:].sum(),
                    "forecast": outlook.forecast,
                    "lower": outlook.lower,
                    "upper": outlook.upper,
                    "target": target,
                    "p_hit": outlook.p_hit,
                    "run_rate": reached / passed if passed else 0.0,
                }
            )
    return rows


def _coming(
    metric: str,
    world: World,
    series: dict[str, Floats],
    horizon: Horizon,
    rng: np.random.Generator,
) -> Floats | None:
    """Draws of what is still to come of a metric, from what was known on the day."""
    seen = {name: values[: horizon.known] for name, values in series.items()}
    if metric == "arrivals":
        drawn = draw_flow(seen["arrivals"], horizon, rng, is_count=True)
        return None if drawn is None else drawn.sum(axis=1)
    today = horizon.known - 1
    curve, open_ones = follow(world.entered, world.ended, world.is_won, today)
    known_won = (world.is_won == 1) & (world.ended <= today)
    amounts = Amounts(world.amount[known_won]) if metric == "won_amount" else None
    funnel = Funnel(
        curve=curve,
        open_items=OpenItems(
            today - world.entered[open_ones], world.amount[open_ones] if amounts else None
        ),
        arrivals=seen["arrivals"],
        conversions=seen["won_deals"],
        amounts=amounts,
    )
    inflow = draw_funnel(funnel, horizon, rng)
    return None if inflow is None else inflow.from_open + inflow.from_new


def judge_worlds(worlds: int, seed: int) -> pd.DataFrame:
    """One row per world, metric and day: forecast, interval, chance, target, truth, run rate."""
    rows: list[dict[str, Any]] = []
    for number in range(worlds):
        rows += judge_world(number, make_world(np.random.default_rng([seed, number])), seed)
    judged = pd.DataFrame(rows)
    judged["covered"] = judged["truth"].between(judged["lower"], judged["upper"])
    judged["hit"] = judged["truth"] >= judged["target"]
    judged["squared"] = (judged["p_hit"] - judged["hit"]) ** 2
    judged["squared_run_rate"] = (
        (judged["run_rate"] >= judged["target"]) - judged["hit"] * 1.0
    ) ** 2
    return judged


def calibration_error(judged: pd.DataFrame) -> float:
    """Expected calibration error: mean distance of chance and share that hit, in ten bins."""
    bins = np.minimum((judged["p_hit"] * BINS).astype(int), BINS - 1)
    grouped = judged.groupby(bins)
    gaps = (grouped["p_hit"].mean() - grouped["hit"].mean()).abs()
    return float((gaps * grouped.size()).sum() / len(judged))


def summary(judged: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    """Coverage, calibration error and Brier scores by the columns."""
    found = judged.groupby(by).agg(
        n=("covered", "size"),
        covered=("covered", "mean"),
        hit=("hit", "mean"),
        brier=("squared", "mean"),
        brier_run_rate=("squared_run_rate", "mean"),
    )
    found["calibration_error"] = [calibration_error(part) for _, part in judged.groupby(by)]
    return found


def main() -> None:
    """Print what was found."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--worlds", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    judged = judge_worlds(arguments.worlds, arguments.seed)
    used = resource.getrusage(resource.RUSAGE_SELF)
    print(summary(judged, ["metric"]).round(4).to_string(), end="\n\n")
    print(summary(judged, ["days_left"]).round(4).to_string(), end="\n\n")
    print(summary(judged, ["metric", "days_left"]).round(4).to_string(), end="\n\n")
    print(
        f"{len(judged)} forecasts: {judged['covered'].mean():.1%} within the 80 % interval, "
        f"calibration error {calibration_error(judged):.3f}, "
        f"{used.ru_utime + used.ru_stime:.0f} s of CPU"
    )


if __name__ == "__main__":
    main()
