"""The simulator's own truth: lives, ids, realised counts and true conversions, as Arrow tables."""

from collections.abc import Iterator
from dataclasses import asdict
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa

from keiro.demo.arrays import DAY, JST_OFFSET, NEVER, Bools, Ints, day_number, end_of
from keiro.demo.company import Company
from keiro.demo.crm import SKIPS
from keiro.demo.incidents import describe_incidents
from keiro.demo.parameters import STAGES

HORIZONS_DAYS = (30, 60, 90, 180)
ALL = "all"
ENTRY_STAGES = ("mql", "sal", "sql", "opportunity", "won", "lost", "disqualified")


def truth_tables(company: Company) -> dict[str, pa.Table]:
    """All tables of the truth by file name; the package's docstring documents their columns."""
    return {
        "people": people_table(company),
        "clients": clients_table(company),
        "contacts": contacts_table(company),
        "deals": deals_table(company),
        "sessions": sessions_table(company),
        "registrations": registrations_table(company),
        "daily": daily_table(company),
        "conversions": conversions_table(company),
    }


def truth_document(company: Company) -> dict[str, Any]:
    """The JSON part of the truth: parameters, model probabilities, incidents."""
    parameters = asdict(company.parameters)
    steps = company.parameters.steps
    return {
        "parameters": parameters,
        "model": {
            "lead_probability": {c.name: c.lead_probability for c in company.parameters.channels},
            "mql_probability": {c.name: c.mql_probability for c in company.parameters.channels},
            "step_probability": {
                name: step.probability for name, step in steps.items() if name != "mql"
            },
        },
        "incidents": describe_incidents(company.parameters, company.incidents),
        "incidents_left_out": [
            {"kind": kind, "reason": reason} for kind, reason in company.incidents.left_out
        ],
        "fall": {"sals_prevented": int(company.lives.sal_prevented_by_fall.sum())},
    }


def instants(times: Ints) -> pa.Array:
    """Wall seconds as instants; null for what does not happen."""
    return pa.array(times - JST_OFFSET, pa.int64(), mask=times >= NEVER).cast(
        pa.timestamp("s", "Asia/Tokyo")
    )


def _or_null(values: Ints) -> pa.Array:
    return pa.array(values, pa.int64(), mask=values < 0)


def _channels(company: Company, index: Ints) -> pa.Array:
    names = [channel.name for channel in company.parameters.channels]
    return pa.array(names).take(pa.array(index))


def people_table(company: Company) -> pa.Table:
    """One row per person with the true times of the whole life."""
    people, lives, crm = company.people, company.lives, company.crm
    size = len(people)
    contact, deal = np.full(size, -1), np.full(size, -1)
    originals = ~crm.contacts.is_duplicate
    contact[crm.contacts.person[originals]] = crm.contacts.record_id[originals]
    deal[crm.deals.person] = crm.deals.record_id
    company_number = crm.names.company[np.maximum(crm.lead_row, 0)]
    company_id = np.where(
        (crm.lead_row >= 0) & (company_number >= 0), crm.company_id[company_number], -1
    )
    form = np.full(size, -1)
    form[crm.contacts.person[originals]] = crm.contacts.form_session[originals]
    client = np.where(form >= 0, company.sessions.client[np.maximum(form, 0)], -1)
    return pa.table(
        {
            "person_id": pa.array(np.arange(size)),
            "channel": _channels(company, people.channel),
            "is_seminar": pa.array(people.is_seminar),
            "has_consent": pa.array(people.has_consent),
            "contact_id": _or_null(contact),
            "company_id": _or_null(company_id),
            "deal_id": _or_null(deal),
            "client_id": pa.array(company.sessions.client_id).take(
                pa.array(client, mask=client < 0)
            ),
            "first_visit_at": instants(first_visits(company)),
            "lead_at": instants(people.lead_at),
            **{f"{stage}_at": instants(lives.stage(stage)) for stage in ENTRY_STAGES},
            "skipped_stage": pa.array(SKIPS).take(pa.array(crm.skipped)),
            "sal_prevented_by_fall": pa.array(lives.sal_prevented_by_fall),
        }
    )


def first_visits(company: Company) -> Ints:
    """The start of each person's first session, NEVER for who never visits the site."""
    first = company.people.first_visit_at.copy()
    np.minimum.at(first, company.sessions.person, company.sessions.started_at)
    return first


def clients_table(company: Company) -> pa.Table:
    """One row per web client id (cookie) of consenting people, with the person behind it."""
    sessions = company.sessions
    first = sessions.client_first
    linked = np.zeros(len(first), dtype=np.bool_)
    forms = company.crm.contacts.form_session
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
    """One row per session from `start` on, before and after the outage."""
    sessions = company.sessions
    happened = np.bincount(company.all_events.session, minlength=len(sessions))
    recorded = np.bincount(company.recorded_events.session, minlength=len(sessions))
    chosen = sessions.started_at >= day_number(company.parameters.start) * DAY
    client = sessions.client
    table = pa.table(
        {
            "person_id": pa.array(sessions.person),
            "client_id": pa.array(sessions.client_id).take(
                pa.array(client, mask=~sessions.has_consent)
            ),
            "ga_session_id": pa.array(sessions.started_at - JST_OFFSET, mask=~sessions.has_consent),
            "started_at": instants(sessions.started_at),
            "channel": _channels(company, sessions.channel),
            "has_consent": pa.array(sessions.has_consent),
            "events": pa.array(happened),
            "events_exported": pa.array(recorded),
        }
    )
    return table.filter(pa.array(chosen))


def registrations_table(company: Company) -> pa.Table:
    """One row per registration of all seminars, those of the history and the future included."""
    seminars, parameters = company.seminars, company.parameters
    days = np.array([day_number(day) for day in seminars.days])[seminars.seminar]
    dates = days.astype("datetime64[D]")
    follow_up = np.minimum(seminars.follow_up_day, 10**6)
    never = seminars.follow_up_day >= NEVER
    first, last = day_number(parameters.start), day_number(parameters.end)
    wait = (
        company.calendar.next_index[np.where(never, days, follow_up) - company.calendar.first]
        - company.calendar.next_index[days - company.calendar.first]
    )
    return pa.table(
        {
            "seminar_date": pa.array(dates),
            "person_id": pa.array(seminars.person),
            "registered_at": instants(seminars.registered_at),
            "attended": pa.array(seminars.attended),
            "is_new_person": pa.array(seminars.is_new),
            "followed_up_date": pa.array(follow_up.astype("datetime64[D]"), mask=never),
            "follow_up_business_days": pa.array(wait, mask=never),
            "is_exported": pa.array((days >= first) & (days <= last)),
        }
    )


def entries_as_shown(company: Company) -> dict[str, tuple[Ints, Ints]]:
    """Per stage the times with skipped stages imputed from the next one, and those stated."""
    lives, skipped = company.lives, company.crm.skipped
    no_mql, no_sal = skipped == SKIPS.index("mql"), skipped == SKIPS.index("sal")
    shown = {stage: (lives.stage(stage), lives.stage(stage)) for stage in ENTRY_STAGES}
    shown["lead"] = (company.people.lead_at, company.people.lead_at)
    shown["mql"] = (
        np.where(no_mql, lives.sal_at, lives.mql_at),
        np.where(no_mql, NEVER, lives.mql_at),
    )
    shown["sal"] = (
        np.where(no_sal, lives.sql_at, lives.sal_at),
        np.where(no_sal, NEVER, lives.sal_at),
    )
    return shown


def daily_table(company: Company) -> pa.Table:
    """Realised counts per day and channel (and `all`), as exports without data incidents show."""
    parameters, sessions = company.parameters, company.sessions
    first, days = day_number(parameters.start), (parameters.end - parameters.start).days + 1
    width = len(parameters.channels)

    def count(times: Ints, channel: Ints, weights: Ints | None = None) -> Ints:
        day = np.minimum(times // DAY, first + days) - first
        inside = (day >= 0) & (day < days)
        cell = day[inside] * width + channel[inside]
        weighted = None if weights is None else weights[inside].astype(np.float64)
        counted = np.bincount(cell, weights=weighted, minlength=days * width).astype(np.int64)
        grid = counted.reshape(days, width)
        return np.column_stack([grid.sum(axis=1), grid]).ravel()

    recorded = np.bincount(company.recorded_events.session, minlength=len(sessions)) > 0
    consent = sessions.has_consent
    by_session = {
        "sessions": consent,
        "sessions_exported": consent & recorded,
        "sessions_without_consent": ~consent,
    }
    columns: dict[str, Any] = {
        name: count(sessions.started_at[chosen], sessions.channel[chosen])
        for name, chosen in by_session.items()
    }
    channel = company.people.channel
    plural = {"opportunity": "opportunities", "won": "won", "lost": "lost"}
    for stage, (imputed, stated) in entries_as_shown(company).items():
        name = plural.get(stage, stage if stage == "disqualified" else f"{stage}s")
        columns[name] = count(imputed, channel)
        if stage in ("mql", "sal"):
            columns[f"{name}_stated"] = count(stated, channel)
    deals = company.crm.deals
    won_at = np.where(deals.is_won, deals.closed_at, NEVER)
    columns["revenue_jpy"] = count(won_at, channel[deals.person], deals.amount_jpy)
    dates = np.repeat(np.arange(first, first + days), width + 1).astype("datetime64[D]")
    names = [ALL, *(entry.name for entry in parameters.channels)]
    return pa.table({"date": pa.array(dates), "channel": pa.array(names * days), **columns})


def conversions_table(company: Company) -> pa.Table:
    """True conversion by stage pair, cohort month, channel and horizon, from the whole lives."""
    parameters, lives = company.parameters, company.lives
    times = {"visit": first_visits(company), "lead": company.people.lead_at}
    times |= {stage: lives.stage(stage) for stage in STAGES[2:]}
    window = (day_number(parameters.start) * DAY, end_of(parameters.end))
    rows: list[dict[str, Any]] = []
    for before, after in zip(STAGES, STAGES[1:], strict=False):
        begin, reached = times[before], times[after]
        cohort = np.flatnonzero((begin >= window[0]) & (begin <= window[1]))
        begin, reached = begin[cohort], reached[cohort]
        # Who first visits after becoming a lead (at a seminar) is in no visit cohort.
        follows = reached >= begin
        month = (begin // DAY).astype("datetime64[D]").astype("datetime64[M]")
        for scope, label, inside in _scopes(company, company.people.channel[cohort], month):
            chosen = inside & follows
            place = {
                "cohort_month": label,
                "channel": scope,
                "from_stage": before,
                "to_stage": after,
            }
            rows += [place | row for row in _by_horizon(begin[chosen], reached[chosen])]
    return pa.Table.from_pylist(rows, schema=CONVERSION_SCHEMA)


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
        limit = NEVER - 1 if horizon is None else horizon * DAY
        done = lag <= limit
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
