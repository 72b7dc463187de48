"""Sessions of the web site: first visits, returns, sessions with a form, and changing cookies."""

from dataclasses import dataclass

import numpy as np

from keiro.demo.arrays import DAY, JST_OFFSET, NEVER, Bools, Floats, Ints, end_of, pick
from keiro.demo.lives import Population
from keiro.demo.parameters import DemoParameters
from keiro.demo.people import People, second_of_day, to_visiting_day

# Two sessions of a person lie at least this far apart (GA4 ends a session after 30 minutes).
APART_SECONDS = 3600
LONGEST_SECOND_FORM = 1200
PLAIN, FORM, SECOND_FORM = 0, 1, 2


@dataclass(frozen=True)
class Sessions:
    """One entry per session, ordered by person and time. `client` numbers cookies from 0."""

    person: Ints
    started_at: Ints
    channel: Ints
    kind: Ints
    form_seconds: Ints
    client: Ints
    number: Ints
    has_consent: Bools
    # One entry per client, not per session.
    client_id: tuple[str, ...]
    client_first: Ints

    def __len__(self) -> int:
        """How many sessions there are."""
        return len(self.person)


@dataclass(frozen=True)
class _Visits:
    person: Ints
    started_at: Ints
    channel: Ints
    kind: Ints


def simulate_sessions(population: Population, rng: np.random.Generator) -> Sessions:
    """All sessions up to the end, those of the history included."""
    parameters, people = population.parameters, population.people
    visits = _visits(population, rng)
    last = end_of(parameters.end)
    known = visits.started_at <= last
    order = np.lexsort((visits.started_at, visits.person))
    order = order[known[order]]
    person, start, kind = visits.person[order], visits.started_at[order], visits.kind[order]
    kept = _apart(person, start, kind)
    order, person, start, kind = order[kept], person[kept], start[kept], kind[kept]
    eligible = (start > people.lead_at[person]) & (start + LONGEST_SECOND_FORM <= last)
    eligible &= rng.random(len(person)) < parameters.second_form
    kind = np.where(_first_of_each(person, eligible), SECOND_FORM, kind)

    new_person = np.append(True, person[1:] != person[:-1])
    new_client = new_person | (rng.random(len(person)) < parameters.cookie_change)
    client = np.cumsum(new_client) - 1
    client_first = np.flatnonzero(new_client)
    form_seconds = (people.lead_at - people.lead_session_at)[person]
    second = np.clip(rng.gamma(2.0, 120.0, len(person)), 60, LONGEST_SECOND_FORM).astype(np.int64)
    return Sessions(
        person=person,
        started_at=start,
        channel=visits.channel[order],
        kind=kind,
        form_seconds=np.where(kind == FORM, form_seconds, np.where(kind == SECOND_FORM, second, 0)),
        client=client,
        number=np.arange(len(person)) - client_first[client] + 1,
        has_consent=people.has_consent[person],
        client_id=_client_ids(start[client_first], rng),
        client_first=client_first,
    )


def _visits(population: Population, rng: np.random.Generator) -> _Visits:
    """Unordered visits: first ones, those with the form, and returns before and after it."""
    parameters, people, lives = population.parameters, population.people, population.lives
    web = ~people.is_seminar
    is_lead = people.lead_at < NEVER
    visitors = np.flatnonzero(web)
    formers = np.flatnonzero(web & is_lead & (people.lead_session_at > people.first_visit_at))
    at_once = people.lead_session_at == people.first_visit_at

    between = np.repeat(formers, rng.poisson(parameters.returns_before_lead, len(formers)))
    gap = people.lead_session_at[between] // DAY - people.first_visit_at[between] // DAY
    between_day = people.first_visit_at[between] // DAY + np.floor(rng.random(len(between)) * gap)
    plain = np.flatnonzero(web & ~is_lead)
    chance = 1.0 / (1.0 + parameters.returns_without_lead)
    again = np.repeat(plain, rng.geometric(chance, len(plain)) - 1)
    again_day = people.first_visit_at[again] // DAY + np.ceil(_return_days(rng, len(again)))
    after = np.repeat(*_after(parameters, people, is_lead, rng))
    wait = np.ceil(rng.gamma(1.0, parameters.return_days_after_lead, len(after)))
    after_day = people.lead_at[after] // DAY + wait

    returning = np.concatenate([between, again, after])
    days = np.concatenate([between_day, again_day, after_day]).astype(np.int64)
    # Nobody goes on visiting after the offer was declined or the company disqualified.
    ended = np.minimum(lives.lost_at, lives.disqualified_at)[returning] // DAY
    days = to_visiting_day(parameters, population.calendar, rng, days)
    times = days * DAY + second_of_day(parameters, rng, len(days))
    is_early = np.arange(len(returning)) < len(between)
    good = (days <= ended) & (~is_early | (times < people.lead_session_at[returning]))
    good &= is_early | (times > np.minimum(people.lead_at, people.first_visit_at)[returning])
    returning, times = returning[good], times[good]

    person = np.concatenate([visitors, formers, returning])
    first_kind = np.where(at_once[visitors], FORM, PLAIN)
    kind = np.concatenate([first_kind, np.full(len(formers), FORM), np.full(len(returning), PLAIN)])
    later = person[len(visitors) :]
    channel = np.concatenate(
        [people.channel[visitors], _later_channel(parameters, people.channel[later], rng)]
    )
    started = np.concatenate(
        [people.first_visit_at[visitors], people.lead_session_at[formers], times]
    )
    return _Visits(person=person, started_at=started, channel=channel, kind=kind)


def _after(
    parameters: DemoParameters, people: People, is_lead: Bools, rng: np.random.Generator
) -> tuple[Ints, Ints]:
    """Leads and how often each comes back; of seminar people only some ever visit the site."""
    leads = np.flatnonzero(is_lead)
    visits = rng.poisson(parameters.returns_after_lead, len(leads))
    stays_away = rng.random(len(leads)) >= parameters.seminar_people_visiting
    visits[people.is_seminar[leads] & stays_away] = 0
    return leads, visits


def _return_days(rng: np.random.Generator, size: int) -> Floats:
    return np.asarray(np.minimum(6.0 * np.exp(1.1 * rng.standard_normal(size)), 300.0))


def _later_channel(parameters: DemoParameters, first: Ints, rng: np.random.Generator) -> Ints:
    """People come back by the same channel, or directly, by mail or by searching."""
    names = ("direct", "email", "organic_search")
    others = np.array([parameters.channel_index(name) for name in names])
    drawn = pick(rng, len(first), np.array([0.40, 0.30, 0.16, 0.14]))
    on_the_web = np.array([channel.visitor_share > 0 for channel in parameters.channels])
    same = (drawn == 0) & on_the_web[first]
    return np.where(same, first, others[np.maximum(drawn - 1, 0)])


def _apart(person: Ints, start: Ints, kind: Ints) -> Bools:
    """Drop plain returns that come too soon after, or too soon before, another session."""
    if len(person) == 0:
        return np.zeros(0, dtype=np.bool_)
    close = (person[1:] == person[:-1]) & (start[1:] - start[:-1] < APART_SECONDS)
    is_first = np.append(True, person[1:] != person[:-1])
    droppable = (kind == PLAIN) & ~is_first
    after_other, before_other = np.append(False, close), np.append(close, False)
    return np.asarray(~(droppable & (after_other | before_other)))


def _first_of_each(person: Ints, eligible: Bools) -> Bools:
    """The first eligible entry of each person (entries are ordered by person)."""
    chosen = np.flatnonzero(eligible)
    _, first_of_person = np.unique(person[chosen], return_index=True)
    result = np.zeros(len(person), dtype=np.bool_)
    result[chosen[first_of_person]] = True
    return result


def _client_ids(first_touch: Ints, rng: np.random.Generator) -> tuple[str, ...]:
    """GA client ids: a random number and the second of the first touch in UTC."""
    random_part = rng.integers(10**8, 2 * 10**9, len(first_touch))
    seconds = first_touch - JST_OFFSET
    return tuple(f"{a}.{b}" for a, b in zip(random_part.tolist(), seconds.tolist(), strict=True))
