"""Truth that is counted: realised numbers per day, and conversions of the whole lives."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any

import numpy as np
import pyarrow as pa

from keiro.demo.arrays import DAY, NEVER, Bools, Ints, day_number, end_of
from keiro.demo.company import Company
from keiro.demo.parameters import STAGES

HORIZONS_DAYS = (30, 60, 90, 180)
ALL = "all"
ENTRY_STAGES = ("mql", "sal", "sql", "opportunity", "won", "lost", "disqualified")
PLURALS = {
    "lead": "leads",
    "mql": "mqls",
    "sal": "sals",
    "sql": "sqls",
    "opportunity": "opportunities",
    "won": "won",
    "lost": "lost",
    "disqualified": "disqualified",
}
CONVERSION_SCHEMA = pa.schema(
    [
        ("from_stage", pa.string()),
        ("to_stage", pa.string()),
        ("cohort_month", pa.date32()),
        ("channel", pa.string()),
        ("horizon_days", pa.int64()),
        ("n", pa.int64()),
        ("converted", pa.int64()),
        ("rate", pa.float64()),
        ("median_lag_days", pa.float64()),
    ]
)


def first_visits(company: Company) -> Ints:
    """The start of each person's first session, NEVER for who never visits the site."""
    first = company.population.people.first_visit_at.copy()
    np.minimum.at(first, company.sessions.person, company.sessions.started_at)
    return first


def shown_entries(company: Company) -> dict[str, Ints]:
    """Per stage the times as an export gives them: a skipped stage takes the next one's time."""
    lives, crm = company.population.lives, company.crm
    shown = {"lead": company.population.people.lead_at}
    shown |= {stage: lives.stage(stage) for stage in ENTRY_STAGES}
    shown["mql"] = np.where(crm.skips("mql"), lives.sal_at, lives.mql_at)
    shown["sal"] = np.where(crm.skips("sal"), lives.sql_at, lives.sal_at)
    return shown


@dataclass(frozen=True)
class _Grid:
    """Counts by day of the period and channel, with the sum over channels in front."""

    first: int
    days: int
    channels: int

    def count(self, times: Ints, channel: Ints, weights: Ints | None = None) -> Ints:
        day = np.minimum(times // DAY, self.first + self.days) - self.first
        inside = (day >= 0) & (day < self.days)
        cell = day[inside] * self.channels + channel[inside]
        size = self.days * self.channels
        if weights is None:
            counted = np.bincount(cell, minlength=size)
        else:
            # Doubles hold sums of whole JPY exactly up to 2^53.
            counted = np.bincount(cell, weights=weights[inside].astype(np.float64), minlength=size)
        grid = counted.astype(np.int64).reshape(self.days, self.channels)
        return np.column_stack([grid.sum(axis=1), grid]).ravel()


def daily_table(company: Company) -> pa.Table:
    """Realised counts per day and channel (and `all`), as exports without data incidents show."""
    parameters, sessions, crm = company.parameters, company.sessions, company.crm
    names = [ALL, *(entry.name for entry in parameters.channels)]
    first, days = day_number(parameters.start), (parameters.end - parameters.start).days + 1
    grid = _Grid(first, days, len(parameters.channels))
    channel = company.population.people.channel
    columns: dict[str, Ints] = {}

    recorded = np.bincount(company.recorded_events.session, minlength=len(sessions)) > 0
    for name, chosen in {
        "sessions": sessions.has_consent,
        "sessions_exported": sessions.has_consent & recorded,
        "sessions_without_consent": ~sessions.has_consent,
    }.items():
        columns[name] = grid.count(sessions.started_at[chosen], sessions.channel[chosen])
    for stage, times in shown_entries(company).items():
        columns[PLURALS[stage]] = grid.count(times, channel)
    lives = company.population.lives
    for stage in ("mql", "sal"):
        stated = np.where(crm.skips(stage), NEVER, lives.stage(stage))
        columns[f"{PLURALS[stage]}_stated"] = grid.count(stated, channel)
    won_at = np.where(crm.deals.is_won, crm.deals.closed_at, NEVER)
    columns["revenue_jpy"] = grid.count(won_at, channel[crm.deals.person], crm.deals.amount_jpy)
    dates = np.repeat(np.arange(first, first + days), len(names)).astype("datetime64[D]")
    return pa.table({"date": pa.array(dates), "channel": pa.array(names * days), **columns})


def conversions_table(company: Company) -> pa.Table:
    """True conversion by stage pair, cohort month, channel and horizon, from the whole lives."""
    parameters, lives = company.parameters, company.population.lives
    people = company.population.people
    times = {"visit": first_visits(company), "lead": people.lead_at}
    times |= {stage: lives.stage(stage) for stage in STAGES[2:]}
    pairs = [
        (before, after, (times[before], times[after], people.channel))
        for before, after in pairwise(STAGES)
    ]
    pairs.append(("visit_as_linked", "lead", _linked_visitors(company)))
    window = (day_number(parameters.start) * DAY, end_of(parameters.end))
    rows: list[dict[str, Any]] = []
    for before, after, (begin, reached, channel) in pairs:
        # Who visits the site only after becoming a lead (at a seminar) is in no cohort of visits.
        cohort = (begin >= window[0]) & (begin <= window[1]) & (reached >= begin)
        month = (begin[cohort] // DAY).astype("datetime64[D]").astype("datetime64[M]")
        for scope, label, inside in _scopes(company, channel[cohort], month):
            place = {
                "from_stage": before,
                "to_stage": after,
                "cohort_month": label,
                "channel": scope,
            }
            measured = _by_horizon(begin[cohort][inside], reached[cohort][inside])
            rows += [place | row for row in measured]
    return pa.Table.from_pylist(rows, schema=CONVERSION_SCHEMA)


def _linked_visitors(company: Company) -> tuple[Ints, Ints, Ints]:
    """Visitors as data can know them: cookies, those that forms link being one per person.

    First visit, lead and channel of the first visit. Cookies without a link never convert.
    """
    sessions, forms = company.sessions, company.crm.contacts.form_session
    linked = np.zeros(len(sessions.client_first), dtype=np.bool_)
    linked[sessions.client[forms[forms >= 0]]] = True
    rows = np.flatnonzero(sessions.has_consent)
    client = sessions.client[rows]
    # Persons and cookies share one line of numbers.
    visitor = np.where(
        linked[client], sessions.person[rows], len(company.population.people) + client
    )
    order = np.lexsort((sessions.started_at[rows], visitor))
    unique, at = np.unique(visitor[order], return_index=True)
    first = rows[order][at]
    is_person = unique < len(company.population.people)
    lead = company.population.people.lead_at[sessions.person[first]]
    return sessions.started_at[first], np.where(is_person, lead, NEVER), sessions.channel[first]


def _scopes(
    company: Company, channel: Ints, month: Any
) -> Iterator[tuple[str, date | None, Bools]]:
    """All, each channel, each cohort month: scope name, month or null, who is in it."""
    yield ALL, None, np.ones(len(channel), dtype=np.bool_)
    for index, entry in enumerate(company.parameters.channels):
        yield entry.name, None, channel == index
    for value in np.unique(month):
        yield ALL, value.astype("datetime64[D]").item(), month == value


def _by_horizon(begin: Ints, reached: Ints) -> list[dict[str, Any]]:
    """Conversion within each horizon (lag of at most so many days) and eventually (null)."""
    lag = np.where(reached < NEVER, reached - begin, NEVER)
    rows: list[dict[str, Any]] = []
    for horizon in (*HORIZONS_DAYS, None):
        done = lag <= (NEVER - 1 if horizon is None else horizon * DAY)
        rows.append(
            {
                "horizon_days": horizon,
                "n": len(begin),
                "converted": int(done.sum()),
                "rate": float(done.mean()) if len(begin) else None,
                "median_lag_days": float(np.median(lag[done]) / DAY) if done.any() else None,
            }
        )
    return rows
