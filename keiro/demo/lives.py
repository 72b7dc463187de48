"""Lives: what happens to a lead, stage by stage, in working time; and how deals close.

All draws are made for everybody, so that a life does not depend on what others do and the same
seed gives the same lives with and without the fall of a conversion.
"""

from dataclasses import dataclass

import numpy as np

from keiro.demo.arrays import NEVER, Bools, Floats, Ints, never, stream
from keiro.demo.company_calendar import CompanyCalendar
from keiro.demo.incidents import Incidents
from keiro.demo.parameters import DemoParameters, Step
from keiro.demo.people import People

HALF_YEAR_END_MONTHS = (3, 9)
SHORTEST_DEAL_DAYS = 5.0


@dataclass(frozen=True)
class Lives:
    """Stage entries per person (wall seconds or NEVER), the future after `end` included."""

    mql_at: Ints
    sal_at: Ints
    sql_at: Ints
    opportunity_at: Ints
    won_at: Ints
    lost_at: Ints
    disqualified_at: Ints
    sal_prevented_by_fall: Bools

    def stage(self, name: str) -> Ints:
        """Entries of a stage or end by its name."""
        entries: Ints = vars(self)[f"{name}_at"]
        return entries


@dataclass(frozen=True)
class Population:
    """Who lives in the demo, by which rules and calendar, and what happens to them."""

    parameters: DemoParameters
    calendar: CompanyCalendar
    incidents: Incidents
    people: People
    lives: Lives


@dataclass(frozen=True)
class _Closings:
    """Deals on the line of working days, and the draws that decide about pulling them."""

    begin: Floats
    closed: Floats
    pulled: Bools
    days_before: Floats


@dataclass
class _Walk:
    """What is known of everybody while walking through the steps."""

    calendar: CompanyCalendar
    disqualified_at: Ints

    def step(
        self, rng: np.random.Generator, step: Step, begin: Ints, chance: Floats
    ) -> tuple[Ints, Floats]:
        """Entries into the next stage for who began the one before, and the draws behind them."""
        size = len(begin)
        draw, end_draw = rng.random(size), rng.random(size)
        lag, end_lag = step.lag.draw(rng, size), step.disqualified_lag.draw(rng, size)
        started = begin < NEVER
        passes = started & (draw < chance)
        entered = self._later(begin, lag, passes)
        drops = started & ~passes & (end_draw < step.disqualified_share)
        dropped = self._later(begin, end_lag, drops)
        self.disqualified_at = np.minimum(self.disqualified_at, dropped)
        return entered, draw

    def _later(self, begin: Ints, lag: Floats, who: Bools) -> Ints:
        times = never(len(begin))
        times[who] = self.calendar.wall_time(self.calendar.working_time(begin[who]) + lag[who])
        return times


def live(
    parameters: DemoParameters, calendar: CompanyCalendar, incidents: Incidents, people: People
) -> Lives:
    """Walk everybody through the funnel."""
    walk = _Walk(calendar, never(len(people)))
    known = people.lead_at < NEVER
    ripe = np.where(known, np.maximum(people.ripe_at, people.lead_at), NEVER)
    steps, seed = parameters.steps, parameters.seed
    mql, _ = walk.step(stream(seed, "mql"), steps["mql"], ripe, people.mql_probability)
    normal = np.full(len(people), steps["sal"].probability)
    fallen = normal * incidents.sal_factor(mql)
    sal, draw = walk.step(stream(seed, "sal"), steps["sal"], mql, fallen)
    sql, _ = walk.step(
        stream(seed, "sql"), steps["sql"], sal, np.full(len(people), steps["sql"].probability)
    )
    opportunity, _ = walk.step(
        stream(seed, "opportunity"),
        steps["opportunity"],
        sql,
        np.full(len(people), steps["opportunity"].probability),
    )
    won, lost = _close(parameters, calendar, opportunity)
    return Lives(
        mql_at=mql,
        sal_at=sal,
        sql_at=sql,
        opportunity_at=opportunity,
        won_at=won,
        lost_at=lost,
        disqualified_at=walk.disqualified_at,
        sal_prevented_by_fall=(mql < NEVER) & (draw >= fallen) & (draw < normal),
    )


def _close(
    parameters: DemoParameters, calendar: CompanyCalendar, opportunity: Ints
) -> tuple[Ints, Ints]:
    """When each deal is won or lost; closings are pulled before the end of a half-year."""
    rng = stream(parameters.seed, "close")
    step, size = parameters.steps["won"], len(opportunity)
    is_won = rng.random(size) < step.probability
    lag = np.where(is_won, step.lag.draw(rng, size), step.disqualified_lag.draw(rng, size))
    lag = np.maximum(lag, SHORTEST_DEAL_DAYS * rng.uniform(0.2, 1.0, size))
    pulled = rng.random(size) < np.where(is_won, parameters.pull_won, parameters.pull_lost)
    before = rng.uniform(0.0, parameters.pull_into_days, size)
    deals = np.flatnonzero(opportunity < NEVER)
    begin = calendar.working_time(opportunity[deals])
    closings = _Closings(begin, begin + lag[deals], pulled[deals], before[deals])
    times = calendar.wall_time(_pull(parameters, calendar, closings))
    won, lost = never(size), never(size)
    won[deals] = np.where(is_won[deals], times, NEVER)
    lost[deals] = np.where(is_won[deals], NEVER, times)
    return won, lost


def _pull(parameters: DemoParameters, calendar: CompanyCalendar, deals: _Closings) -> Floats:
    """Move closings from shortly after a half-year's end into its last days."""
    days = calendar.business_days
    months = days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64) % 12 + 1
    is_last = np.append(months[1:] != months[:-1], False)
    ends = np.flatnonzero(is_last & np.isin(months, HALF_YEAR_END_MONTHS)) + 1.0
    at = np.searchsorted(ends, deals.closed, side="right") - 1
    last_end = np.where(at >= 0, ends[np.maximum(at, 0)], -np.inf)
    soon_after = deals.closed - last_end < parameters.pull_window_days
    target = last_end - deals.days_before
    possible = target > deals.begin + SHORTEST_DEAL_DAYS
    return np.where(deals.pulled & soon_after & possible, target, deals.closed)
