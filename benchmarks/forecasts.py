"""What forecasts cost: of 300 daily series of three years, and of metrics with a funnel below them.

The time is that of the processor, without reading the tables and importing libraries.
Usage: python benchmarks/forecasts.py [--series 300] [--funnels 10] [--items 3000]
"""

import argparse
import resource
from collections.abc import Callable

import numpy as np

from keiro.goals.days import Calendar
from keiro.goals.facts import NEVER, Facts, Items, Series
from keiro.goals.forecast import forecast
from keiro.goals.view import Wanted

DAYS, LEFT = 1095, 185
FIRST = 20_000


def make_facts(series: int, items: int, seed: int) -> Facts:
    """Series of counts with a denominator each, and deals of which three in ten are won."""
    rng = np.random.default_rng(seed)
    weekday = np.arange(DAYS + LEFT) % 7
    counts = rng.poisson(np.where(weekday[:DAYS] < 5, rng.uniform(1, 50, (series, 1)), 0.2)).astype(
        float
    )
    entered = FIRST + np.sort(rng.integers(0, DAYS, items))
    ended = entered + rng.lognormal(3.5, 0.8, items).astype(np.int64)
    deals = Items(
        scope=np.full(items, "channel=email", object),
        entered=entered,
        ended=np.where(ended < FIRST + DAYS, ended, NEVER),
        is_converted=(rng.random(items) < 0.3).astype(np.int64),
        amount=rng.lognormal(13, 0.7, items),
    )
    return Facts(
        as_of=FIRST + DAYS - 1,
        first_day=FIRST,
        calendar=Calendar(weekday, weekday < 5),
        parts={},
        shapes={},
        series={
            (f"metric_{number}", "all"): Series(FIRST, row, row, 3 * row + 1)
            for number, row in enumerate(counts)
        },
        curves={},
        spreads={},
        items={"opportunity_to_won": deals},
    )


def wanted(number: int, kind: str, *, with_funnel: bool = False) -> Wanted:
    """Half a year of a fiscal year is over."""
    return Wanted(
        metric=f"metric_{number}",
        scope="all",
        grain="fiscal_year",
        period_start=FIRST + DAYS - 180,
        period_end=FIRST + DAYS + LEFT - 1,
        kind=kind,
        direction="up",
        value=100.0,
        numerator=10.0,
        denominator=30.0,
        target=200.0,
        is_quotient=kind == "rate",
        numerator_kind="count",
        inflow_metric="metric_0" if with_funnel else None,
        inflow_stage_pair="opportunity_to_won" if with_funnel else None,
    )


def seconds(work: Callable[[], object]) -> float:
    """Processor time of a piece of work."""
    before = resource.getrusage(resource.RUSAGE_SELF)
    work()
    after = resource.getrusage(resource.RUSAGE_SELF)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    """Print what it cost."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--series", type=int, default=300)
    parser.add_argument("--funnels", type=int, default=10)
    parser.add_argument("--items", type=int, default=3000)
    arguments = parser.parse_args()
    facts = make_facts(arguments.series, arguments.items, seed=1)
    forecast(facts, wanted(0, "count"))
    rates = arguments.series * 3 // 10
    asked = [
        wanted(number, "rate" if number < rates else "count") for number in range(arguments.series)
    ]
    spent = seconds(lambda: [forecast(facts, each) for each in asked])
    print(f"{arguments.series} series, of which {rates} rates: {spent:.1f} s of CPU")
    deep = [wanted(number, "amount", with_funnel=True) for number in range(arguments.funnels)]
    spent = seconds(lambda: [forecast(facts, each) for each in deep])
    print(f"{arguments.funnels} amounts with a funnel of {arguments.items}: {spent:.1f} s of CPU")


if __name__ == "__main__":
    main()
