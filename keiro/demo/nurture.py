"""Nurture scenarios: series of e-mails to leads that are not ripe yet, and what becomes of them.

A lead is taken on by one of the scenarios that run on the day; it leaves the series when it
becomes an MQL, is disqualified or unsubscribes. Being nurtured makes an MQL likelier.
"""

from dataclasses import dataclass, replace

import numpy as np

from keiro.demo.arrays import (
    DAY,
    NEVER,
    Bools,
    Ints,
    add_months,
    day_number,
    end_of,
    never,
    pick,
)
from keiro.demo.lives import Population
from keiro.demo.parameters import DemoParameters
from keiro.demo.people import People

SENT, DELIVERED, BOUNCE, OPEN, CLICK, STATUS_CHANGE = range(6)
EVENT_TYPES = ("SENT", "DELIVERED", "BOUNCE", "OPEN", "CLICK", "STATUSCHANGE")
SENT_AT = 10 * 3600


@dataclass(frozen=True)
class Scenario:
    """A series of e-mails: when it was switched on, and on which days after the form it mails."""

    slug: str
    title_ja: str
    months_before_end: int
    step_days: tuple[int, ...]

    def begins(self, parameters: DemoParameters) -> int:
        """The day number of the first day on which it takes leads on."""
        return day_number(add_months(parameters.end.replace(day=1), -self.months_before_end))


SCENARIOS = (
    Scenario("welcome", "ようこそ", 15, (1, 4, 9)),
    Scenario("whitepaper", "資料ダウンロード後", 14, (1, 6, 13, 27)),
    Scenario("crm-basics", "CRM入門", 12, (2, 7, 14, 28)),
    Scenario("case-studies", "導入事例", 11, (3, 10, 24)),
    Scenario("pricing", "料金ページ閲覧者", 9, (1, 3, 8)),
    Scenario("inside-sales", "インサイドセールス立ち上げ", 8, (2, 9, 21, 35)),
    Scenario("kpi-design", "KPI設計", 6, (2, 8, 20)),
    Scenario("abm", "ABM", 5, (3, 11, 25)),
    Scenario("dormant", "休眠掘り起こし", 3, (5, 20, 40)),
    Scenario("trial", "トライアル", 1, (1, 3, 7, 14)),
)


@dataclass(frozen=True)
class Enrolments:
    """Who is taken on by which scenario; one entry per nurtured person."""

    person: Ints
    scenario: Ints


@dataclass(frozen=True)
class Mails:
    """One entry per e-mail event up to the end, in order of time; ids are positions plus one."""

    person: Ints
    campaign_id: Ints
    kind: Ints
    at: Ints  # wall-clock seconds
    sent: Ints  # the position of the event that sent the mail; its own for that one
    is_filtered: Bools  # what HubSpot takes for a bot

    def __len__(self) -> int:
        """How many events there are."""
        return len(self.person)


def campaign_id(scenario: Ints, step: Ints) -> Ints:
    """The id under which HubSpot knows the mailing of a scenario's step."""
    return 610_000 + scenario * 100 + step


def enrol(parameters: DemoParameters, people: People, rng: np.random.Generator) -> Enrolments:
    """Leads from the web are taken on by one of the scenarios that run on their day."""
    begins = np.array([scenario.begins(parameters) for scenario in SCENARIOS])
    leads = np.flatnonzero((people.lead_at < NEVER) & ~people.is_seminar)
    running = np.searchsorted(np.sort(begins), people.lead_at[leads] // DAY, side="right")
    chosen = np.floor(rng.random(len(leads)) * running).astype(np.int64)
    taken = (running > 0) & (rng.random(len(leads)) < parameters.nurture_share)
    # Scenarios are listed in the order of their beginning.
    return Enrolments(leads[taken], chosen[taken])


def with_lift(parameters: DemoParameters, people: People, enrolments: Enrolments) -> People:
    """The same people, the nurtured ones likelier to become MQLs."""
    probability = people.mql_probability.copy()
    lifted = probability[enrolments.person] * parameters.nurture_lift
    probability[enrolments.person] = np.minimum(lifted, 0.95)
    return replace(people, mql_probability=probability)


def simulate_mails(
    population: Population, enrolments: Enrolments, rng: np.random.Generator
) -> Mails:
    """All e-mail events of the period, bots among them."""
    person, campaign, sent_at = _sendings(population, enrolments, rng)
    person, campaign, sent_at, leaves = _until_unsubscribed(person, campaign, sent_at, rng)
    size = len(person)
    bounced = ~leaves & (rng.random(size) < 0.012)
    opened = leaves | ~bounced & (rng.random(size) < 0.31)
    clicked = opened & (rng.random(size) < 0.16)
    # Scanners open and click what they pass on, within seconds.
    scanned = ~bounced & (rng.random(size) < 0.09)
    reading = sent_at + np.floor(3600 * rng.gamma(0.8, 9.0, size)).astype(np.int64) + 60
    everybody = np.ones(size, dtype=np.bool_)
    parts = (
        (SENT, everybody, sent_at, False),
        (DELIVERED, ~bounced, sent_at + 2, False),
        (BOUNCE, bounced, sent_at + 3, False),
        (OPEN, scanned, sent_at + 6, True),
        (CLICK, scanned & (rng.random(size) < 0.3), sent_at + 7, True),
        (OPEN, opened, reading, False),
        (CLICK, clicked, reading + 40, False),
        (STATUS_CHANGE, leaves, reading + 90, False),
    )
    row = np.concatenate([np.flatnonzero(who) for _, who, _, _ in parts])
    kind = np.concatenate([np.full(int(who.sum()), kind) for kind, who, _, _ in parts])
    at = np.concatenate([times[who] for _, who, times, _ in parts])
    filtered = np.concatenate([np.full(int(who.sum()), is_bot) for _, who, _, is_bot in parts])
    order = np.lexsort((kind, row, at))
    order = order[at[order] <= end_of(population.parameters.end)]
    row, kind = row[order], kind[order]
    position = np.zeros(size, dtype=np.int64)
    position[row[kind == SENT]] = np.flatnonzero(kind == SENT)
    return Mails(
        person=person[row],
        campaign_id=campaign[row],
        kind=kind,
        at=at[order],
        sent=position[row],
        is_filtered=filtered[order],
    )


def _until_unsubscribed(
    person: Ints, campaign: Ints, sent_at: Ints, rng: np.random.Generator
) -> tuple[Ints, Ints, Ints, Bools]:
    """The same sendings without those to people who have left, and which of them make one leave."""
    leaves = rng.random(len(person)) < 0.004
    left_at = never(int(person.max(initial=0)) + 1)
    np.minimum.at(left_at, person[leaves], sent_at[leaves])
    kept = sent_at <= left_at[person]
    return person[kept], campaign[kept], sent_at[kept], leaves[kept]


def _sendings(
    population: Population, enrolments: Enrolments, rng: np.random.Generator
) -> tuple[Ints, Ints, Ints]:
    """Person, mailing and second of each mail that is sent within the period."""
    parameters, lives = population.parameters, population.lives
    lengths = np.array([len(scenario.step_days) for scenario in SCENARIOS])
    first_step = np.append(0, np.cumsum(lengths)[:-1])
    all_days = np.concatenate([scenario.step_days for scenario in SCENARIOS])
    steps = lengths[enrolments.scenario]
    person = np.repeat(enrolments.person, steps)
    scenario = np.repeat(enrolments.scenario, steps)
    step = np.arange(len(person)) - np.repeat(np.cumsum(steps) - steps, steps)
    day = population.people.lead_at[person] // DAY + all_days[first_step[scenario] + step]
    wait = pick(rng, len(day), np.array([0.7, 0.3]))  # some batches go out a day later
    day = population.calendar.add_business_days(day, wait)
    sent_at = day * DAY + SENT_AT + rng.integers(0, 900, len(day))
    left = np.minimum(lives.mql_at, lives.disqualified_at)[person]
    sent = (sent_at < left) & (sent_at <= end_of(parameters.end))
    sent &= day >= day_number(parameters.start)
    return person[sent], campaign_id(scenario[sent], step[sent]), sent_at[sent]
