"""The CRM: contacts, companies and deals with their ids, derived from the simulated lives."""

from dataclasses import dataclass

import numpy as np

from keiro.demo.arrays import NEVER, Bools, Ints, never, stream
from keiro.demo.contacts import Contacts, ascending_ids, build_contacts
from keiro.demo.deals import Deals, build_deals
from keiro.demo.lives import Population
from keiro.demo.names import Names, invent_names
from keiro.demo.sessions import Sessions

FIRST_COMPANY_ID = 9_000_101
SKIPS = ("", "mql", "sal")


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

    def skips(self, stage: str) -> Bools:
        """Who is moved straight past a stage, as a mask."""
        return np.asarray(self.skipped == SKIPS.index(stage))


def build_crm(population: Population, sessions: Sessions) -> Crm:
    """Everybody with a lead becomes a contact; everybody with an opportunity brings a deal."""
    people = population.people
    rng = stream(population.parameters.seed, "crm")
    leads = np.flatnonzero(people.lead_at < NEVER)
    names = invent_names(population.parameters, len(leads), rng)
    lead_row = np.full(len(people), -1, dtype=np.int64)
    lead_row[leads] = np.arange(len(leads))
    contacts = build_contacts(population, sessions, names, lead_row, rng)
    first_lead = never(len(names.companies.name))
    known = names.company >= 0
    np.minimum.at(first_lead, names.company[known], people.lead_at[leads][known])
    company_id = np.empty(len(first_lead), dtype=np.int64)
    in_order = np.argsort(first_lead, kind="stable")
    company_id[in_order] = ascending_ids(FIRST_COMPANY_ID, len(first_lead), rng)
    return Crm(
        contacts=contacts,
        deals=build_deals(population, names, lead_row),
        names=names,
        lead_row=lead_row,
        company_id=company_id,
        company_created_at=first_lead,
        skipped=_skips(population, rng),
    )


def _skips(population: Population, rng: np.random.Generator) -> Ints:
    """Who is moved straight past a stage in the CRM (its date stays empty)."""
    lives, share = population.lives, population.parameters.skipped_stage
    drawn = rng.random(len(lives.mql_at))
    skipped = np.zeros(len(drawn), dtype=np.int64)
    skipped[(drawn < share) & (lives.sql_at < NEVER)] = SKIPS.index("sal")
    # Skipping the marketing stage is rarer.
    skipped[(drawn > 1.0 - 0.4 * share) & (lives.sal_at < NEVER)] = SKIPS.index("mql")
    return skipped
