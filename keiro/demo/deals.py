"""Deals of the CRM: one per opportunity, with its way through the pipeline and its amount."""

from dataclasses import dataclass

import numpy as np

from keiro.demo.arrays import NEVER, Bools, Floats, Ints, pick, stream
from keiro.demo.contacts import ascending_ids
from keiro.demo.lives import Population
from keiro.demo.names import Names

FIRST_DEAL_ID = 17_200_001
OWNERS = ("鳴沢 直樹", "椿野 彩香", "遠瀬 智也", "星里 美穂", "深浦 悠斗", "朝丘 千葉")
PRODUCTS = ("CRM導入", "MA連携", "分析基盤", "運用支援", "ライセンス更新")
LOST_REASONS = ("Price", "No budget", "Competitor", "Timing", "No decision", "Missing feature")
LOST_REASON_WEIGHTS = (0.24, 0.22, 0.18, 0.16, 0.14, 0.06)
# How far a lost deal gets: lost from Discovery, Proposal or Negotiation.
LOST_FROM_WEIGHTS = (0.35, 0.40, 0.25)
SMALLEST_AMOUNT, AMOUNT_STEP = 100_000, 10_000
COLLEAGUE_JOINS = 0.12


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
class _Draws:
    """What chance decides, drawn for everybody: a deal does not depend on which others exist."""

    amount: Floats
    fractions: Floats
    lost_from: Ints
    no_amount: Bools
    owner: Ints
    product: Ints
    lost_reason: Ints
    noise: Floats
    joins: Bools


def _draw(population: Population, rng: np.random.Generator) -> _Draws:
    parameters, size = population.parameters, len(population.people)
    spread = parameters.amount_sigma * rng.standard_normal(size)
    return _Draws(
        amount=parameters.amount_median_jpy * np.exp(spread),
        fractions=np.sort(rng.uniform(0.08, 0.85, (size, 2)), axis=1),
        lost_from=pick(rng, size, np.array(LOST_FROM_WEIGHTS)),
        no_amount=rng.random(size) < parameters.deal_without_amount,
        owner=rng.integers(0, len(OWNERS), size),
        product=rng.integers(0, len(PRODUCTS), size),
        lost_reason=pick(rng, size, np.array(LOST_REASON_WEIGHTS)),
        noise=rng.standard_normal((size, 2)),
        joins=rng.random(size) < COLLEAGUE_JOINS,
    )


def build_deals(population: Population, names: Names, lead_row: Ints) -> Deals:
    """Deals of all opportunities, those after the end included."""
    parameters = population.parameters
    rng = stream(parameters.seed, "deals")
    draws = _draw(population, rng)
    calendar, lives = population.calendar, population.lives
    person = np.flatnonzero(lives.opportunity_at < NEVER)
    person = person[np.argsort(lives.opportunity_at[person], kind="stable")]
    created = lives.opportunity_at[person]
    is_won = lives.won_at[person] < NEVER
    closed = np.minimum(lives.won_at, lives.lost_at)[person]
    begin = calendar.working_time(created)
    length = calendar.working_time(closed) - begin
    proposal = calendar.wall_time(begin + draws.fractions[person, 0] * length)
    negotiation = calendar.wall_time(begin + draws.fractions[person, 1] * length)
    reach = np.where(is_won, 2, draws.lost_from[person])
    company = names.company[lead_row[person]]
    amount = draws.amount[person]
    if parameters.outbound:
        found = population.people.channel[person] == parameters.channel_index("outbound")
        amount = np.where(found, amount * parameters.outbound_amount_factor, amount)
    rounded = np.rint(amount / AMOUNT_STEP).astype(np.int64) * AMOUNT_STEP
    return Deals(
        record_id=ascending_ids(FIRST_DEAL_ID, len(person), rng),
        person=person,
        company=company,
        created_at=created,
        proposal_at=np.where(reach >= 1, proposal, NEVER),
        negotiation_at=np.where(reach >= 2, negotiation, NEVER),
        closed_at=closed,
        is_won=is_won,
        amount_jpy=np.maximum(rounded, SMALLEST_AMOUNT),
        # The amount is filled in at the latest when a deal is won.
        has_amount=is_won | ~draws.no_amount[person],
        owner=draws.owner[person],
        product=draws.product[person],
        lost_reason=draws.lost_reason[person],
        second_contact=np.where(
            draws.joins[person], _colleagues(names, lead_row, person, company), -1
        ),
        forecast_noise=draws.noise[person],
    )


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
