"""The company's exports as they are on a day: HubSpot, GA4, Google Ads, attendance lists.

A `Form` says how they are written, which must not matter: under other ids, in another order, in
several files, as if all had happened some weeks earlier or later.
"""

import csv
import io
import json
import random
import zipfile
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from benchmarks.company import (
    EMPLOYEES,
    FIRST,
    REGIONS,
    SOURCES,
    STAGES,
    Company,
    Deal,
    Name,
    Person,
    Visit,
)

TOKYO = timedelta(hours=9)
CONTACTS = (
    "Record ID", "Email", "Lifecycle Stage", "Create Date", "Became a Lead Date",
    "Became a Marketing Qualified Lead Date", "Became a Sales Accepted Lead Date",
    "Became a Sales Qualified Lead Date", "Became an Opportunity Date", "Became a Customer Date",
    "Disqualified Date", "Disqualified Reason", "Original Source", "Associated Company IDs",
    "GA Client ID", "Web User ID", "Contact owner", "Merged object IDs",
)  # fmt: skip
COMPANIES = (
    "Record ID", "Company name", "Company Domain Name", "Number of Employees", "State/Region",
    "Create Date",
)  # fmt: skip
DEALS = (
    "Record ID", "Deal Stage", "Amount", "Create Date", "Close Date", "Deal owner",
    "Associated Contact IDs", "Associated Company IDs",
)  # fmt: skip
HISTORY = ("Record ID", "Property Name", "Value", "Source", "Timestamp")
CLICKS = ("id", "created", "type", "recipient", "filteredEvent", "obsoletedBy", "emailCampaignId")
COSTS = ("Day", "Campaign", "Campaign ID", "Currency code", "Cost", "Impr.", "Clicks")
LIST = ("申込日時", "氏名", "会社名", "メールアドレス", "参加", "フォロー日")
Cells = Sequence[object]
Files = dict[str, bytes]
Event = dict[str, object]


@dataclass
class Form:
    """How the exports are written: `name` renames ids, `shift` moves every date."""

    name: Name = str
    shift: timedelta = timedelta(0)
    shuffled: random.Random | None = None
    is_split: bool = False

    def at(self, moment: datetime | None, layout: str = "%Y-%m-%d %H:%M") -> str:
        """A wall-clock time as text, the empty text for none."""
        return (moment + self.shift).strftime(layout) if moment else ""

    def on(self, day: date | None) -> str:
        return (day + self.shift).isoformat() if day else ""

    def rows(self, rows: Iterable[Cells]) -> list[Cells]:
        """The rows in the order in which they are written."""
        listed = list(rows)
        if self.shuffled:
            self.shuffled.shuffle(listed)
        return listed

    def parts(self, rows: Iterable[Cells]) -> list[list[Cells]]:
        """The rows of each file."""
        listed = self.rows(rows)
        middle = len(listed) // 3
        return [listed[:middle], listed[middle:]] if self.is_split and middle else [listed]


def export(company: Company, day: date, form: Form, since: date | None = None) -> Files:
    """All files of a day, by path; of what only adds up just what is newer than `since`."""
    begin = since + timedelta(days=1) if since else FIRST
    files = _snapshots(company, day, form)
    files |= _history(company, begin, day, form)
    files |= _clicks(company, begin, day, form)
    files |= _events(company, begin, day, form)
    files |= _costs(company, begin, day, form)
    files |= _lists(company, day, form)
    return files


def _text(header: Sequence[str], rows: Iterable[Cells], *above: str) -> bytes:
    target = io.StringIO()
    target.writelines(f"{line}\n" for line in above)
    csv.writer(target, lineterminator="\n").writerows([header, *rows])
    return target.getvalue().encode()


def _is_known(moment: datetime | None, day: date) -> bool:
    return moment is not None and moment.date() <= day


def contacts_of(company: Company, day: date) -> list[Person]:
    """Who is in the CRM at the end of the day."""
    return [
        person
        for person in company.people
        if _is_known(person.created, day) and not (person.deleted and person.deleted <= day)
    ]


def _snapshots(company: Company, day: date, form: Form) -> Files:
    people = contacts_of(company, day)
    firms: dict[str, datetime] = {}
    for person in company.people:
        if person.created and _is_known(person.created, day):
            firms[person.firm] = min(firms.get(person.firm, person.created), person.created)
    deals = [(p, p.deal) for p in people if p.deal and _is_known(p.deal.created, day)]
    tables = {
        "contacts": (CONTACTS, [_contact(person, day, form) for person in people]),
        "companies": (COMPANIES, [_firm(firm, at, form) for firm, at in firms.items()]),
        "deals": (DEALS, [_deal(person, deal, day, form) for person, deal in deals]),
    }
    files: Files = {}
    for kind, (header, rows) in tables.items():
        stem = f"hubspot-crm-exports-all-{kind}-{form.on(day)}"
        parts = form.parts(rows)
        if len(parts) == 1:
            files[f"hubspot/{stem}.csv"] = _text(header, parts[0])
            continue
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            for number, part in enumerate(parts):
                archive.writestr(f"{stem}-{number}.csv", _text(header, part))
        files[f"hubspot/{stem}.zip"] = packed.getvalue()
    return files


def _email(key: str, form: Form) -> str:
    return f"{form.name('mail' + key)}@example.net"


def _contact(person: Person, day: date, form: Form) -> Cells:
    known = [at for at in person.entered if _is_known(at, day)]
    reached, stages = len(known) - 1, [form.at(at) for at in known]
    if person.skipped and reached >= person.skipped:
        stages[person.skipped] = ""
    elif person.misdated and day < person.misdated[0] and reached:
        stages[1] = form.at(known[1] + timedelta(days=person.misdated[1]))
    if person.is_undated:
        stages[1:] = [""] * reached
    lost = person.lost if _is_known(person.lost, day) else None
    noted = [stage for at, stage in person.history if _is_known(at, day)]
    number = int(person.key[-3:])
    return (
        form.name(person.key), _email(person.key, form), [STAGES[reached], *noted][-1],
        stages[0], *stages,
        *[""] * (len(STAGES) - len(stages)),
        form.at(lost), person.reason if lost else "", SOURCES[number % len(SOURCES)],
        form.name(f"70{person.firm}"),
        form.name(f"{person.key}1") if person.has_client_id else "",
        form.name(f"{person.key}2") if person.has_user_id else "",
        ("Doi", "Endo", "Fuji")[number % 3] if reached else "",
        form.name(person.merged_key) if person.merged_key else "",
    )  # fmt: skip


def _firm(key: str, created: datetime, form: Form) -> Cells:
    name, number = form.name(f"70{key}"), int(key[-3:])
    employees, region = EMPLOYEES[number % 3], REGIONS[number % 4 % 3]
    return (name, f"Firm {name}", f"firm{name}.example", employees, region, form.at(created))


def _deal(person: Person, deal: Deal, day: date, form: Form) -> Cells:
    at, stage = next(move for move in reversed(deal.moves) if _is_known(move[0], day))
    closes = at if stage.startswith("Closed") else deal.expected
    amount = deal.corrected[1] if deal.corrected and deal.corrected[0] <= day else deal.amount
    return (
        form.name(deal.key), stage, amount, form.at(deal.created), form.at(closes), deal.owner,
        form.name(person.key), form.name(f"70{person.firm}"),
    )  # fmt: skip


def _history(company: Company, begin: date, day: date, form: Form) -> Files:
    """Changes of stages within the days, of contacts and of deals."""
    contacts, deals = [], []
    for person in company.people:
        for at, stage in person.history:
            if begin <= at.date() <= day:
                row = (form.name(person.key), "lifecyclestage", stage, "CRM_UI", form.at(at))
                contacts.append(row)
        for at, stage in person.deal.moves if person.deal else []:
            if person.deal and begin <= at.date() <= day:
                deals.append(
                    (form.name(person.deal.key), "dealstage", stage, "CRM_UI", form.at(at))
                )
    return {
        f"hubspot/{kind}-property-history-{form.on(day)}-{number}.csv": _text(HISTORY, part)
        for kind, rows in (("contact", contacts), ("deal", deals))
        for number, part in enumerate(form.parts(rows))
        if part
    }


def _clicks(company: Company, begin: date, day: date, form: Form) -> Files:
    rows = [
        (
            f"e{form.name(f'{person.key}3')}",
            _unix(at + form.shift) * 1000,
            *("CLICK", _email(person.key, form), "false", "", "42"),
        )
        for person in company.people
        for at in person.clicks
        if begin <= at.date() <= day
    ]
    return {
        f"hubspot/hubspot-email-events-{form.on(day)}-{number}.csv": _text(CLICKS, part)
        for number, part in enumerate(form.parts(rows))
        if part
    }


def _events(company: Company, begin: date, day: date, form: Form) -> Files:
    """A file of web events for each day, or two shards of it."""
    by_day: dict[date, list[Cells]] = defaultdict(list)
    for at in company.anonymous:
        by_day[at.date()].append((_event("page_view", at, form),))
    for person in company.people:
        for visit in person.visits:
            for event in _visit(person, visit, form):
                by_day[visit.at.date()].append((event,))
    files: Files = {}
    for on, rows in by_day.items():
        parts = form.parts(rows) if begin <= on <= day else []
        for number, part in enumerate(parts):
            shard = f"-{number:012d}" if len(parts) > 1 else ""
            lines = "".join(f"{json.dumps(event)}\n" for (event,) in part)
            files[f"ga4/events_{(on + form.shift):%Y%m%d}{shard}.ndjson"] = lines.encode()
    return files


def _event(name: str, at: datetime, form: Form) -> Event:
    moment = at + form.shift
    return {
        "event_date": f"{moment:%Y%m%d}",
        "event_timestamp": f"{_unix(moment)}000000",
        "event_name": name,
        "event_params": [],
        "user_pseudo_id": None,
    }


def _unix(wall_clock: datetime) -> int:
    return int((wall_clock - TOKYO).replace(tzinfo=UTC).timestamp())


def _visit(person: Person, visit: Visit, form: Form) -> Iterator[Event]:
    """The events of a session; the first says where it came from, later visits are logged in."""
    key = {"key": "ga_session_id", "value": {"int_value": str(visit.number)}}
    for number in range(visit.events):
        name = "page_view" if number else "session_start"
        event = _event(name, visit.at + timedelta(seconds=20 * number), form)
        event |= {"user_pseudo_id": form.name(f"{person.key}1"), "event_params": [key]}
        if person.has_user_id and visit.number > 1:
            event["user_id"] = form.name(f"{person.key}2")
        if visit.medium and not number:
            event["collected_traffic_source"] = {
                "manual_medium": visit.medium,
                "manual_source": "site",
                "manual_campaign_name": visit.campaign,
            }
        yield event


def _costs(company: Company, begin: date, day: date, form: Form) -> Files:
    """Reports of the days; of a split one each day stands in one of two files."""
    by_file: dict[int, list[Cells]] = defaultdict(list)
    for (on, campaign), (clicks, cost) in company.costs.items():
        if begin <= on <= day:
            row = (form.on(on), campaign, campaign, "JPY", cost, 10 * clicks, clicks)
            by_file[on.toordinal() % 2 if form.is_split else 0].append(row)
    return {
        f"google_ads/campaign_report_{form.on(day)}_{number}.csv": _text(
            COSTS, form.rows(rows), "Campaign report", '"Some days"'
        )
        for number, rows in by_file.items()
    }


def _lists(company: Company, day: date, form: Form) -> Files:
    """Attendance lists of the seminars held, with the follow-ups of which is known."""
    files: Files = {}
    for seminar in company.seminars:
        if seminar.day > day:
            continue
        rows = [
            (
                form.at(at),
                "",
                "",
                _email(key, form),
                "参加" if came else "欠席",
                form.on(followed) if followed and followed <= day else "",
            )
            for key, at, came, followed in seminar.registrations
        ]
        for number, part in enumerate(form.parts(rows)):
            files[f"seminars/seminar_{form.on(seminar.day)}_{number}.csv"] = _text(LIST, part)
    return files
