"""A company in which every date is known, and its rates counted by loops over people and deals.

Nothing of the models is used: business days are those of a list of holidays, months are strings.
"""

import csv
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from statistics import mean, median

import numpy as np

AS_OF = date(2026, 6, 30)
BEGIN = date(2025, 7, 1)
HORIZON, SLA = 90, 5
SEGMENTS = {50: "small", 500: "medium", 5000: "large"}
REGIONS = ("東京都", "大阪府", None)
# Japanese holidays of the time (Cabinet Office), and the company's own closures.
OFF = {
    date.fromisoformat(day)
    for day in re.findall(
        "[0-9-]{10}",
        """
        2025-07-21 2025-08-11 2025-08-13 2025-08-14 2025-08-15 2025-09-15 2025-09-23 2025-10-13
        2025-11-03 2025-11-24 2025-12-29 2025-12-30 2025-12-31 2026-01-01 2026-01-02 2026-01-12
        2026-02-11 2026-02-23 2026-03-20 2026-04-29 2026-05-04 2026-05-05 2026-05-06
        """,
    )
}


@dataclass(frozen=True)
class Deal:
    """A deal as it is known in the end."""

    deal_id: str
    person: str
    account: str | None
    employees: int | None
    created: date
    closed: date | None
    won: bool
    amount: int | None
    lead: date

    @property
    def segment(self) -> str | None:
        return SEGMENTS[self.employees] if self.employees else None


@dataclass(frozen=True)
class Mql:
    """A person whom marketing handed over, and the answer: accepted, rejected or none."""

    person: str
    passed: date
    answered: date | None
    accepted: bool
    reason: str | None


def deals(seed: int = 4) -> list[Deal]:
    """Deals over a year; some without an amount, an account, or a size of the account."""
    rng, made = np.random.default_rng(seed), []
    sizes = [(*SEGMENTS, None)[rng.integers(4)] for _ in range(110)]
    for number in range(260):
        account = int(rng.integers(len(sizes))) if rng.random() < 0.8 else None
        created = BEGIN + timedelta(days=int(rng.integers(330)))
        closed = created + timedelta(days=int(rng.exponential(45)))
        known = closed <= AS_OF
        made.append(
            Deal(
                deal_id=f"d{number}",
                person=f"b{number}",
                account=None if account is None else f"a{account}",
                employees=None if account is None else sizes[account],
                created=created,
                closed=closed if known else None,
                won=known and rng.random() < 0.45,
                amount=None if rng.random() < 0.15 else int(rng.integers(1, 40)) * 100_000,
                lead=created - timedelta(days=int(rng.integers(60))),
            )
        )
    return made


def mqls(seed: int = 5) -> list[Mql]:
    """People handed over until the as-of date, on holidays as well."""
    rng, made = np.random.default_rng(seed), []
    for number in range(300):
        passed = BEGIN + timedelta(days=int(rng.integers(365)))
        answered = passed + timedelta(days=int(rng.exponential(6)))
        answer = ("accepted", "accepted", "rejected", None)[rng.integers(4)]
        if answer is None or answered > AS_OF:
            made.append(Mql(f"m{number}", passed, None, False, None))
            continue
        reason = ("No budget", "Timing", None)[rng.integers(3)] if answer == "rejected" else None
        made.append(Mql(f"m{number}", passed, answered, answer == "accepted", reason))
    return made


def month(day: date) -> str:
    """The month of a day as its first day."""
    return f"{day:%Y-%m}-01"


def followed(deal: Deal) -> bool:
    return (AS_OF - deal.created).days >= HORIZON


def won_in_horizon(deal: Deal) -> bool:
    return deal.won and deal.closed is not None and (deal.closed - deal.created).days <= HORIZON


def velocities(all_deals: Iterable[Deal]) -> dict[tuple[str, str], tuple[float | None, ...]]:
    """(month, scope): deals, followed, won, and amount per day."""
    cohorts: dict[tuple[str, str], list[Deal]] = defaultdict(list)
    for deal in all_deals:
        cohorts[month(deal.created), "all"].append(deal)
        if deal.segment:
            cohorts[month(deal.created), f"segment={deal.segment}"].append(deal)
    result: dict[tuple[str, str], tuple[float | None, ...]] = {}
    for key, cohort in cohorts.items():
        ripe = [deal for deal in cohort if followed(deal)]
        won = [deal for deal in ripe if won_in_horizon(deal)]
        amounts = [deal.amount for deal in won if deal.amount is not None]
        speed = None
        if amounts:
            cycle = median((deal.closed - deal.created).days for deal in won if deal.closed)
            speed = len(ripe) * (len(won) / len(ripe)) * mean(amounts) / max(cycle, 1)
        result[key] = (len(cohort), len(ripe), len(won), speed)
    return result


def new_customers(all_deals: Iterable[Deal]) -> list[Deal]:
    """The first won deal of each account, or of a person without one."""
    first: dict[str, Deal] = {}
    for deal in all_deals:
        if not deal.won or deal.closed is None:
            continue
        customer = deal.account or deal.person
        if customer not in first or (deal.closed, deal.created) < (
            first[customer].closed or AS_OF,
            first[customer].created,
        ):
            first[customer] = deal
    return list(first.values())


def business_days_after(start: date, end: date) -> int:
    """Business days after `start`, up to and with `end`."""
    days = [start + timedelta(days=n) for n in range(1, (end - start).days + 1)]
    return sum(day.weekday() < 5 and day not in OFF for day in days)


def outcomes(people: Iterable[Mql]) -> dict[tuple[str, str, str | None], tuple[int, int]]:
    """(month, outcome, reason): MQLs whose SLA is over, and those answered within it."""
    counted: dict[tuple[str, str, str | None], list[int]] = defaultdict(lambda: [0, 0])
    for mql in people:
        if business_days_after(mql.passed, AS_OF) < SLA:
            continue
        outcome = "never_touched"
        if mql.answered is not None:
            outcome = "accepted" if mql.accepted else "rejected"
        reason = (mql.reason or "not_stated") if outcome == "rejected" else None
        in_time = mql.answered and business_days_after(mql.passed, mql.answered) <= SLA
        counted[month(mql.passed), outcome, reason][0] += 1
        counted[month(mql.passed), outcome, reason][1] += bool(in_time)
    return {key: (total, in_time) for key, (total, in_time) in counted.items()}


def write(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """A CSV file; None is an empty cell."""
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([header, *rows])
