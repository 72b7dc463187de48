"""Contact records of the CRM: everybody with a lead, and duplicates from second forms."""

from dataclasses import dataclass

import numpy as np

from keiro.demo.arrays import NEVER, Bools, Ints
from keiro.demo.lives import Population
from keiro.demo.names import Names
from keiro.demo.sessions import FORM, SECOND_FORM, Sessions

FIRST_CONTACT_ID = 51_001


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

    def record_of(self, people: int) -> Ints:
        """For each person the id of the first record, -1 without one."""
        record = np.full(people, -1, dtype=np.int64)
        originals = ~self.is_duplicate
        record[self.person[originals]] = self.record_id[originals]
        return record


def ascending_ids(first: int, size: int, rng: np.random.Generator) -> Ints:
    """Ids as a CRM gives them: growing, with gaps."""
    return np.asarray(first + np.cumsum(rng.integers(1, 4, size)))


def build_contacts(
    population: Population,
    sessions: Sessions,
    names: Names,
    lead_row: Ints,
    rng: np.random.Generator,
) -> Contacts:
    """Contacts with the client id of the form's session, where consent and chance leave one."""
    people = population.people
    leads = np.flatnonzero(people.lead_at < NEVER)
    form = np.full(len(people), -1, dtype=np.int64)
    forms = np.flatnonzero((sessions.kind == FORM) & sessions.has_consent)
    form[sessions.person[forms]] = forms
    form[rng.random(len(people)) < population.parameters.contact_without_client_id] = -1
    again = np.flatnonzero(sessions.kind == SECOND_FORM)
    person = np.concatenate([leads, sessions.person[again]])
    created = np.concatenate(
        [people.lead_at[leads], sessions.started_at[again] + sessions.form_seconds[again]]
    )
    form_session = np.concatenate([form[leads], np.where(sessions.has_consent[again], again, -1)])
    order = np.lexsort((person, created))
    person, duplicate = person[order], order >= len(leads)
    emails = [
        respelled(names.email[row]) if is_again else names.email[row]
        for row, is_again in zip(lead_row[person].tolist(), duplicate.tolist(), strict=True)
    ]
    return Contacts(
        record_id=ascending_ids(FIRST_CONTACT_ID, len(person), rng),
        person=person,
        created_at=created[order],
        is_duplicate=duplicate,
        form_session=form_session[order],
        email=tuple(emails),
    )


def respelled(email: str) -> str:
    """The same address in another letter case, as phones write it."""
    return email[0].upper() + email[1:]
