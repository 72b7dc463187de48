"""People: who arrives when and by which channel, and who becomes a lead.

A person is a row of parallel arrays; the index is the person's id. Visitors of the web come
first, people who are first known from a seminar registration are appended after them.
"""

from dataclasses import dataclass

import numpy as np

from keiro.demo.arrays import DAY, NEVER, Bools, Floats, Ints, day_number, never, pick
from keiro.demo.company_calendar import CompanyCalendar, daily_demand
from keiro.demo.parameters import DemoParameters

SHORTEST_FORM, LONGEST_FORM = 60, 1500


@dataclass(frozen=True)
class People:
    """One entry per person; times are wall seconds or NEVER."""

    channel: Ints
    is_seminar: Bools  # first known from a registration or by sales, and not from the web
    has_consent: Bools
    first_visit_at: Ints
    lead_session_at: Ints
    lead_at: Ints
    # When the marketing rule can first be met: the lead time, or the seminar's end.
    ripe_at: Ints
    mql_probability: Floats

    def __len__(self) -> int:
        """How many people there are."""
        return len(self.channel)


def second_of_day(parameters: DemoParameters, rng: np.random.Generator, size: int) -> Ints:
    """Moments within a day as web visitors have them."""
    hours = pick(rng, size, np.array(parameters.hour_weights))
    return np.asarray(hours * 3600 + rng.integers(0, 3600, size))


def to_visiting_day(
    parameters: DemoParameters, calendar: CompanyCalendar, rng: np.random.Generator, days: Ints
) -> Ints:
    """Most returns that would fall on a day off happen on the next business day instead."""
    kept = rng.random(len(days)) < parameters.weekend_visit_kept
    return np.where(kept, days, calendar.business_day_on_or_after(days))


def web_people(
    parameters: DemoParameters, calendar: CompanyCalendar, rng: np.random.Generator
) -> People:
    """Visitors who come to the web site, and those among them who will fill in a form."""
    days, demand = daily_demand(parameters, calendar)
    shares = np.array([channel.visitor_share for channel in parameters.channels])
    shape = 1.0 / parameters.day_noise**2
    rate = parameters.visitors_per_day * parameters.scale * demand
    rate = rate * rng.gamma(shape, 1.0 / shape, len(days))
    counts = rng.poisson(rate[:, None] * (shares / shares.sum())[None, :])
    channel = np.repeat(np.tile(np.arange(len(shares)), len(days)), counts.ravel())
    day = np.repeat(np.repeat(days, len(shares)), counts.ravel())
    first_visit = day * DAY + second_of_day(parameters, rng, len(day))
    lead_session, lead = _leads(parameters, calendar, rng, channel, first_visit)
    chances = np.array([entry.mql_probability for entry in parameters.channels])
    return People(
        channel=channel.astype(np.int64),
        is_seminar=np.zeros(len(day), dtype=np.bool_),
        has_consent=rng.random(len(day)) >= parameters.no_consent_share,
        first_visit_at=first_visit,
        lead_session_at=lead_session,
        lead_at=lead,
        ripe_at=lead,
        mql_probability=chances[channel],
    )


def _leads(
    parameters: DemoParameters,
    calendar: CompanyCalendar,
    rng: np.random.Generator,
    channel: Ints,
    first_visit: Ints,
) -> tuple[Ints, Ints]:
    """Start of the session with the form, and the moment of the form, for those who fill it in."""
    size = len(channel)
    chances = np.array([entry.lead_probability for entry in parameters.channels])
    becomes_lead = rng.random(size) < chances[channel]
    at_once = rng.random(size) < parameters.lead_in_first_session
    delay = np.ceil(parameters.lead_delay_days.draw(rng, size)).astype(np.int64)
    later_day = first_visit // DAY + np.minimum(delay, 365)
    later_day = to_visiting_day(parameters, calendar, rng, later_day)
    later = later_day * DAY + second_of_day(parameters, rng, size)
    session = np.where(at_once, first_visit, later)
    filling = np.clip(rng.gamma(2.0, 160.0, size), SHORTEST_FORM, LONGEST_FORM).astype(np.int64)
    return np.where(becomes_lead, session, NEVER), np.where(becomes_lead, session + filling, NEVER)


def join_people(first: People, second: People) -> People:
    """Both groups in one, the second after the first."""
    return People(
        **{name: np.concatenate([vars(first)[name], vars(second)[name]]) for name in vars(first)}
    )


def outbound_people(
    parameters: DemoParameters, calendar: CompanyCalendar, rng: np.random.Generator
) -> People:
    """People whom sales found: known from the moment at which they are entered by hand."""
    days = calendar.business_days
    days = days[(days >= day_number(parameters.first_day)) & (days <= day_number(parameters.end))]
    day = np.repeat(days, rng.poisson(parameters.outbound_per_day * parameters.scale, len(days)))
    size = len(day)
    entered_at = day * DAY + 9 * 3600 + rng.integers(0, 9 * 3600, size)
    channel = parameters.channel_index("outbound")
    return People(
        channel=np.full(size, channel, dtype=np.int64),
        is_seminar=np.ones(size, dtype=np.bool_),
        has_consent=np.ones(size, dtype=np.bool_),
        first_visit_at=never(size),
        lead_session_at=never(size),
        lead_at=entered_at,
        ripe_at=entered_at,
        mql_probability=np.full(size, parameters.channels[channel].mql_probability),
    )


def seminar_people(
    parameters: DemoParameters,
    rng: np.random.Generator,
    registered_at: Ints,
    seminar_end: Ints,
    attended: Bools,
) -> People:
    """People who are first known from a seminar registration, one per entry given."""
    size = len(registered_at)
    chance = np.where(attended, parameters.seminar_mql_attended, parameters.seminar_mql_absent)
    return People(
        channel=np.full(size, parameters.channel_index("seminar"), dtype=np.int64),
        is_seminar=np.ones(size, dtype=np.bool_),
        has_consent=rng.random(size) >= parameters.no_consent_share,
        first_visit_at=never(size),
        lead_session_at=never(size),
        # The registration tool creates the contact within minutes.
        lead_at=registered_at + rng.integers(60, 400, size),
        ripe_at=seminar_end,
        mql_probability=chance,
    )
