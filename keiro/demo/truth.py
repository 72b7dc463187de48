"""The simulator's own truth: parameters, incidents, and a table for each kind of thing."""

from dataclasses import asdict
from typing import Any

import numpy as np
import pyarrow as pa

from keiro.demo.arrays import DAY, NEVER, Ints, day_number
from keiro.demo.arrow_helpers import ids, instants, look_up
from keiro.demo.company import Company
from keiro.demo.crm import SKIPS
from keiro.demo.incidents import describe_incidents
from keiro.demo.truth_counts import ENTRY_STAGES, conversions_table, daily_table, first_visits


def truth_tables(company: Company) -> dict[str, pa.Table]:
    """All tables of the truth by file name; the package's docstring documents their columns."""
    return {
        "people": people_table(company),
        "clients": clients_table(company),
        "contacts": contacts_table(company),
        "deals": deals_table(company),
        "sessions": sessions_table(company),
        "registrations": registrations_table(company),
        "costs": costs_table(company),
        "daily": daily_table(company),
        "conversions": conversions_table(company),
    }


def truth_document(company: Company) -> dict[str, Any]:
    """The JSON part of the truth: parameters, model probabilities, incidents."""
    parameters, incidents = company.parameters, company.population.incidents
    channels = parameters.channels
    prevented = company.population.lives.sal_prevented_by_fall
    return {
        "parameters": asdict(parameters),
        "model": {
            "lead_probability": {entry.name: entry.lead_probability for entry in channels},
            "mql_probability": {entry.name: entry.mql_probability for entry in channels},
            "step_probability": {name: step.probability for name, step in parameters.steps.items()},
        },
        "incidents": describe_incidents(parameters, incidents),
        "incidents_left_out": [
            {"kind": kind, "reason": reason} for kind, reason in incidents.left_out
        ],
        "sals_prevented_by_fall": int(prevented.sum()),
    }


def _channels(company: Company, index: Ints) -> pa.Array:
    return look_up([channel.name for channel in company.parameters.channels], index)


def people_table(company: Company) -> pa.Table:
    """One row per person with the true times of the whole life."""
    people, lives, crm = company.population.people, company.population.lives, company.crm
    size, contacts = len(people), company.crm.contacts
    deal, form = np.full(size, -1), np.full(size, -1)
    deal[crm.deals.person] = crm.deals.record_id
    originals = ~contacts.is_duplicate
    form[contacts.person[originals]] = contacts.form_session[originals]
    client = company.sessions.client[np.maximum(form, 0)]
    # Without a lead, lead_row is -1 and there is no company.
    number = np.where(crm.lead_row >= 0, crm.names.company[crm.lead_row], -1)
    return pa.table(
        {
            "person_id": pa.array(np.arange(size)),
            "channel": _channels(company, people.channel),
            "is_seminar": pa.array(people.is_seminar),
            "has_consent": pa.array(people.has_consent),
            "contact_id": ids(contacts.record_of(size)),
            "company_id": ids(np.where(number >= 0, crm.company_id[number], -1)),
            "deal_id": ids(deal),
            "client_id": look_up(company.sessions.client_id, pa.array(client, mask=form < 0)),
            "first_visit_at": instants(first_visits(company)),
            "lead_at": instants(people.lead_at),
            **{f"{stage}_at": instants(lives.stage(stage)) for stage in ENTRY_STAGES},
            "skipped_stage": look_up([name or None for name in SKIPS], crm.skipped),
            "sal_prevented_by_fall": pa.array(lives.sal_prevented_by_fall),
        }
    )


def clients_table(company: Company) -> pa.Table:
    """One row per web client id (cookie) of consenting people, with the person behind it."""
    sessions, forms = company.sessions, company.crm.contacts.form_session
    first = sessions.client_first
    linked = np.zeros(len(first), dtype=np.bool_)
    linked[sessions.client[forms[forms >= 0]]] = True
    table = pa.table(
        {
            "client_id": pa.array(sessions.client_id),
            "person_id": pa.array(sessions.person[first]),
            "first_session_at": instants(sessions.started_at[first]),
            "is_linked": pa.array(linked),
        }
    )
    return table.filter(pa.array(sessions.has_consent[first]))


def contacts_table(company: Company) -> pa.Table:
    """One row per contact record, duplicates included."""
    contacts = company.crm.contacts
    return pa.table(
        {
            "contact_id": pa.array(contacts.record_id),
            "person_id": pa.array(contacts.person),
            "created_at": instants(contacts.created_at),
            "is_duplicate": pa.array(contacts.is_duplicate),
        }
    )


def deals_table(company: Company) -> pa.Table:
    """One row per deal with its true outcome, the future included."""
    deals = company.crm.deals
    return pa.table(
        {
            "deal_id": pa.array(deals.record_id),
            "person_id": pa.array(deals.person),
            "created_at": instants(deals.created_at),
            "proposal_at": instants(deals.proposal_at),
            "negotiation_at": instants(deals.negotiation_at),
            "closed_at": instants(deals.closed_at),
            "is_won": pa.array(deals.is_won),
            "amount_jpy": pa.array(deals.amount_jpy),
            "has_amount": pa.array(deals.has_amount),
        }
    )


def sessions_table(company: Company) -> pa.Table:
    """One row per session from `start` on, with its events before and after the outage."""
    sessions = company.sessions
    no_consent = ~sessions.has_consent
    happened = np.bincount(company.all_events.session, minlength=len(sessions))
    recorded = np.bincount(company.recorded_events.session, minlength=len(sessions))
    table = pa.table(
        {
            "person_id": pa.array(sessions.person),
            "client_id": look_up(sessions.client_id, pa.array(sessions.client, mask=no_consent)),
            "started_at": instants(sessions.started_at),
            "channel": _channels(company, sessions.channel),
            "has_consent": pa.array(sessions.has_consent),
            "events": pa.array(happened),
            "events_exported": pa.array(recorded),
        }
    )
    first = day_number(company.parameters.start) * DAY
    return table.filter(pa.array(sessions.started_at >= first))


def registrations_table(company: Company) -> pa.Table:
    """One row per registration of all seminars, those of the history and the future included."""
    seminars, calendar = company.seminars, company.population.calendar
    days = np.array([day_number(day) for day in seminars.days])[seminars.seminar]
    never = seminars.follow_up_day >= NEVER
    follow_up = np.where(never, days, seminars.follow_up_day)
    wait = calendar.next_index[follow_up - calendar.first]
    wait = wait - calendar.next_index[days - calendar.first]
    first, last = day_number(company.parameters.start), day_number(company.parameters.end)
    return pa.table(
        {
            "seminar_date": pa.array(days.astype("datetime64[D]")),
            "person_id": pa.array(seminars.person),
            "registered_at": instants(seminars.registered_at),
            "attended": pa.array(seminars.attended),
            "is_new_person": pa.array(seminars.is_new),
            "followed_up_date": pa.array(follow_up.astype("datetime64[D]"), mask=never),
            "follow_up_business_days": pa.array(wait, mask=never),
            "is_exported": pa.array((days >= first) & (days <= last)),
        }
    )


def costs_table(company: Company) -> pa.Table:
    """One row per day and campaign."""
    ads = company.ads
    names = [campaign.name for campaign in company.parameters.campaigns]
    return pa.table(
        {
            "date": pa.array(ads.day.astype("datetime64[D]")),
            "campaign": look_up(names, ads.campaign),
            "cost_jpy": pa.array(ads.cost_jpy),
            "impressions": pa.array(ads.impressions),
            "clicks": pa.array(ads.clicks),
            "conversions": pa.array(ads.conversions, mask=~ads.has_conversions),
        }
    )
