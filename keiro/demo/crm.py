"""The CRM: contacts, companies and deals with their ids, derived from the simulated lives."""

from dataclasses import dataclass

import numpy as np

from keiro.demo.arrays import NEVER, Bools, Floats, Ints, never, stream
from keiro.demo.company_calendar import CompanyCalendar
from keiro.demo.lives import Lives
from keiro.demo.names import Names, invent_names
from keiro.demo.parameters import DemoParameters
from keiro.demo.people import People
from keiro.demo.sessions import FORM, SECOND_FORM, Sessions

FIRST_CONTACT_ID, FIRST_COMPANY_ID, FIRST_DEAL_ID = 51_001, 9_000_101, 17_200_001
OWNERS = ("鳴沢 直樹", "椿野 彩香", "遠瀬 智也", "星里 美穂", "深浦 悠斗", "朝丘 千葉")
LOST_REASONS = ("Price", "No budget", "Competitor", "Timing", "No decision", "Missing feature")
LOST_REASON_WEIGHTS = (0.24, 0.22, 0.18, 0.16, 0.14, 0.06)
PRODUCTS = ("CRM導入", "MA連携", "分析基盤", "運用支援", "ライセンス更新")
# How far a lost deal gets: lost from Discovery, Proposal or Negotiation.
LOST_FROM_WEIGHTS = (0.35, 0.40, 0.25)
SKIPS = ("", "mql", "sal")


@dataclass(frozen=True)
class Contacts:
    """One entry per contact record, in order of creation; duplicates are records of their own."""

    record_id: Ints
    person: Ints
    created_at: Ints
    is_duplicate: Bools
    # The session of the form, -1 for contacts without a client id.
    form_session: Ints
    email: tuple[str, ...]


@dataclass(frozen=True)
class Deals:
    """One entry per deal, in order of creation."""

    record_id: Ints
    person: Ints
    company: Ints
    created_at: Ints
    proposal_at: Ints
    negotiation_at: Ints
    closed_at: Ints
    is_won: Bools
    amount_jpy: Ints
    has_amount: Bools
    owner: Ints
    product: Ints
    lost_reason: Ints
    second_contact: Ints  # person, -1 for none
    # Two standard normal draws: how far the expected close date is off, for each snapshot.
    forecast_noise: Floats


@dataclass(frozen=True)
class Crm:
    """The records of the CRM with what the simulator knows about them."""

    contacts: Contacts
    deals: Deals
    names: Names
    lead_row: Ints  # per person: the row in `names`, -1 without a lead
    company_id: Ints
    company_created_at: Ints
    skipped: Ints  # per person: index into SKIPS


def build_crm(
    parameters: DemoParameters,
    calendar: CompanyCalendar,
    people: People,
    lives: Lives,
    sessions: Sessions,
) -> Crm:
    """Everybody with a lead becomes a contact; everybody with an opportunity brings a deal."""
    rng = stream(parameters.seed, "crm")
    leads = np.flatnonzero(people.lead_at < NEVER)
    names = invent_names(parameters, len(leads), rng)
    lead_row = np.full(len(people), -1, dtype=np.int64)
    lead_row[leads] = np.arange(len(leads))
    contacts = _contacts(parameters, people, sessions, names, lead_row, leads, rng)
    first_lead = never(len(names.companies.name))
    known = names.company >= 0
    np.minimum.at(first_lead, names.company[known], people.lead_at[leads][known])
    company_order = np.argsort(first_lead, kind="stable")
    company_id = np.empty(len(first_lead), dtype=np.int64)
    company_id[company_order] = FIRST_COMPANY_ID + _ascending(len(first_lead), rng)
    return Crm(
        contacts=contacts,
        deals=_deals(parameters, calendar, lives, names, lead_row),
        names=names,
        lead_row=lead_row,
        company_id=company_id,
        company_created_at=first_lead,
        skipped=_skips(parameters, lives, rng),
    )


def _ascending(size: int, rng: np.random.Generator) -> Ints:
    """Ids as a CRM gives them: growing, with gaps."""
    return np.asarray(np.cumsum(rng.integers(1, 4, size)))


def _contacts(
    parameters: DemoParameters,
    people: People,
    sessions: Sessions,
    names: Names,
    lead_row: Ints,
    leads: Ints,
    rng: np.random.Generator,
) -> Contacts:
    form = np.full(len(people), -1, dtype=np.int64)
    forms = np.flatnonzero((sessions.kind == FORM) & sessions.has_consent)
    form[sessions.person[forms]] = forms
    form[rng.random(len(people)) < parameters.contact_without_client_id] = -1
    again = np.flatnonzero(sessions.kind == SECOND_FORM)
    person = np.concatenate([leads, sessions.person[again]])
    created = np.concatenate(
        [people.lead_at[leads], sessions.started_at[again] + sessions.form_seconds[again]]
    )
    duplicate = np.arange(len(person)) >= len(leads)
    form_session = np.concatenate([form[leads], np.where(sessions.has_consent[again], again, -1)])
    order = np.lexsort((person, created))
    person, duplicate = person[order], duplicate[order]
    emails = [
        _respelled(names.email[row]) if other else names.email[row]
        for row, other in zip(lead_row[person].tolist(), duplicate.tolist(), strict=True)
    ]
    return Contacts(
        record_id=FIRST_CONTACT_ID + _ascending(len(person), rng),
        person=person,
        created_at=created[order],
        is_duplicate=duplicate,
        form_session=form_session[order],
        email=tuple(emails),
    )


def _respelled(email: str) -> str:
    """The same address in another letter case, as phones write it."""
    return email[0].upper() + email[1:]


def _skips(parameters: DemoParameters, lives: Lives, rng: np.random.Generator) -> Ints:
    """Who is moved straight past a stage in the CRM (its date stays empty)."""
    drawn = rng.random(len(lives.mql_at))
    skipped = np.zeros(len(drawn), dtype=np.int64)
    skipped[(drawn < parameters.skipped_stage) & (lives.sql_at < NEVER)] = SKIPS.index("sal")
    rare = drawn > 1.0 - parameters.skipped_stage * 0.4
    skipped[rare & (lives.sal_at < NEVER)] = SKIPS.index("mql")
    return skipped


def _deals(
    parameters: DemoParameters,
    calendar: CompanyCalendar,
    lives: Lives,
    names: Names,
    lead_row: Ints,
) -> Deals:
    rng = stream(parameters.seed, "deals")
    size = len(lives.opportunity_at)
    # Drawn for everybody, so that a deal does not depend on which others exist.
    amount = parameters.amount_median_jpy * np.exp(
        parameters.amount_sigma * rng.standard_normal(size)
    )
    fractions = np.sort(rng.uniform(0.08, 0.85, (size, 2)), axis=1)
    lost_from = pick_lost_from(rng, size)
    no_amount = rng.random(size) < parameters.deal_without_amount * 1.5
    owner, product = rng.integers(0, len(OWNERS), size), rng.integers(0, len(PRODUCTS), size)
    reason = np.searchsorted(np.cumsum(LOST_REASON_WEIGHTS), rng.random(size))
    noise, brings_second = rng.standard_normal((size, 2)), rng.random(size) < 0.12

    person = np.flatnonzero(lives.opportunity_at < NEVER)
    person = person[np.argsort(lives.opportunity_at[person], kind="stable")]
    created = lives.opportunity_at[person]
    is_won = lives.won_at[person] < NEVER
    closed = np.minimum(lives.won_at, lives.lost_at)[person]
    begin, length = calendar.working_time(created), 0.0
    length = calendar.working_time(closed) - begin
    proposal = calendar.wall_time(begin + fractions[person, 0] * length)
    negotiation = calendar.wall_time(begin + fractions[person, 1] * length)
    reach = np.where(is_won, 2, lost_from[person])
    company = names.company[lead_row[person]]
    return Deals(
        record_id=FIRST_DEAL_ID + _ascending(len(person), rng),
        person=person,
        company=company,
        created_at=created,
        proposal_at=np.where(reach >= 1, proposal, NEVER),
        negotiation_at=np.where(reach >= 2, negotiation, NEVER),
        closed_at=closed,
        is_won=is_won,
        amount_jpy=np.maximum(np.rint(amount[person] / 10_000) * 10_000, 100_000).astype(np.int64),
        # The amount is filled in at the latest when a deal is won.
        has_amount=is_won | ~no_amount[person],
        owner=owner[person],
        product=product[person],
        lost_reason=np.minimum(reason[person], len(LOST_REASONS) - 1),
        second_contact=np.where(
            brings_second[person], _colleagues(names, lead_row, person, company), -1
        ),
        forecast_noise=noise[person],
    )


def pick_lost_from(rng: np.random.Generator, size: int) -> Ints:
    """The stage index (0 Discovery, 1 Proposal, 2 Negotiation) from which a deal is lost."""
    return np.searchsorted(np.cumsum(LOST_FROM_WEIGHTS), rng.random(size)).clip(0, 2)


def _colleagues(names: Names, lead_row: Ints, person: Ints, company: Ints) -> Ints:
    """For each deal a colleague of its contact who is known too, or -1."""
    leads = np.flatnonzero(lead_row >= 0)
    order = np.argsort(names.company, kind="stable")
    sorted_company = names.company[order]
    first = np.searchsorted(sorted_company, company, side="left")
    last = np.searchsorted(sorted_company, company, side="right") - 1
    other = np.where(leads[order[first]] == person, last, first)
    found = leads[order[other]]
    return np.where((company >= 0) & (found != person), found, -1)
