"""A small company whose whole life is drawn at once and exported as it was known on any day.

Every time is a minute of its own, so that nothing hangs on the order of equal times: other ids,
rows in another order and split files may change nothing. Contacts are deleted, merged and
corrected, stages skipped, gone back and entered again, deals closed and re-opened.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

FIRST, LAST = date(2026, 1, 5), date(2026, 6, 30)
STAGES = ("Lead", "Marketing Qualified Lead", "Sales Accepted Lead", "Sales Qualified Lead",
          "Opportunity", "Customer")  # fmt: skip
# Chance to reach the next stage, and the mean days until then; who is not lost stays.
STEPS = ((0.75, 7), (0.7, 4), (0.7, 8), (0.75, 6), (0.5, 25))
LOST = 0.6
MEDIUMS = (None, "cpc", "email", "organic", "referral")
CAMPAIGNS = ("spring", "brand")
SOURCES = ("Organic Search", "Paid Search", "Email Marketing", "Direct Traffic")
REASONS = ("No budget", "No reply")
REGIONS = ("東京都", "大阪府", "")
EMPLOYEES = (20, 500, 5000)
Name = Callable[[str], str]


@dataclass(frozen=True)
class Visit:
    """A web session: its number with the client, when, and how often something happened."""

    at: datetime
    number: int
    medium: str | None
    campaign: str | None
    events: int


@dataclass
class Deal:
    """A deal: `moves` are the stages of its history in order, the last one `Closed …` or open."""

    key: str
    created: datetime
    amount: int
    # The amount is put right on that day.
    corrected: tuple[date, int] | None
    owner: str
    moves: list[tuple[datetime, str]]
    expected: datetime


@dataclass
class Person:
    """A visitor, and the contact that some of them become."""

    key: str
    firm: str
    visits: list[Visit]
    has_client_id: bool = True
    has_user_id: bool = False
    # Entry into each stage; the first is the contact's creation. The CRM misses `skipped`.
    entered: list[datetime] = field(default_factory=list)
    skipped: int | None = None
    # The CRM keeps no dates of stages: only its snapshots show that one follows another.
    is_undated: bool = False
    lost: datetime | None = None
    reason: str = ""
    # Until that day the date of the MQL was wrong by so many days.
    misdated: tuple[date, int] | None = None
    deleted: date | None = None
    merged_key: str | None = None
    # A step back to the first stage and the way up again, as the property's history has it.
    history: list[tuple[datetime, str]] = field(default_factory=list)
    clicks: list[datetime] = field(default_factory=list)
    deal: Deal | None = None

    @property
    def created(self) -> datetime | None:
        return self.entered[0] if self.entered else None


@dataclass(frozen=True)
class Seminar:
    """A seminar and who registered: person or a stranger's key, when, came, followed up."""

    day: date
    registrations: list[tuple[str, datetime, bool, date | None]]


@dataclass(frozen=True)
class Company:
    """All that ever happens."""

    people: list[Person]
    seminars: list[Seminar]
    # Clicks and cost by day and campaign.
    costs: dict[tuple[date, str], tuple[int, int]]
    anonymous: list[datetime]


class _Draw:
    """Chance, with minutes that are never drawn twice."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)  # noqa: S311  nothing secret
        self._taken: set[datetime] = set()

    def minute(self, earliest: datetime, mean_days: float) -> datetime:
        """A minute of office hours some days later that nothing else has."""
        at = earliest + timedelta(days=self.chance.expovariate(1 / mean_days))
        at = max(at.replace(hour=9 + at.hour % 9, second=0, microsecond=0), earliest)
        at = at.replace(second=0)
        while at in self._taken or at <= earliest:
            at += timedelta(minutes=1)
        self._taken.add(at)
        return at

    def happens(self, share: float) -> bool:
        return self.chance.random() < share


def draw_company(seed: int = 4, people: int = 150, prefix: str = "") -> Company:
    """Draw a company of up to 1,000 people; their keys begin with `prefix` and are numbers."""
    draw = _Draw(seed)
    drawn = [_person(draw, f"{prefix}{n:03d}", f"{prefix}{n // 3:03d}") for n in range(people)]
    contacts = [person for person in drawn if person.created]
    days = [FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1)]
    return Company(
        people=drawn,
        seminars=[_seminar(draw, day, contacts, prefix) for day in days[30::40]],
        costs={
            (day, campaign): (draw.chance.randint(0, 9), draw.chance.randint(0, 5000))
            for day in days
            for campaign in CAMPAIGNS
        },
        anonymous=[draw.minute(_begin(day), 0.2) for day in days[::4]],
    )


def joined(company: Company, other: Company) -> Company:
    """Both in one CRM, on one site and in the same seminars; the advertising is the first one's."""
    guests = {seminar.day: seminar.registrations for seminar in other.seminars}
    return Company(
        people=[*company.people, *other.people],
        seminars=[
            Seminar(seminar.day, [*seminar.registrations, *guests.get(seminar.day, [])])
            for seminar in company.seminars
        ],
        costs=company.costs,
        anonymous=[*company.anonymous, *other.anonymous],
    )


def _begin(day: date) -> datetime:
    return datetime(day.year, day.month, day.day)


def _person(draw: _Draw, key: str, firm: str) -> Person:
    chance = draw.chance
    first = draw.minute(_begin(FIRST + timedelta(days=chance.randrange(150))), 0.5)
    visits = [_visit(draw, first, 1)]
    for number in range(2, chance.choice((2, 3, 5))):
        visits.append(_visit(draw, draw.minute(visits[-1].at, 9), number))
    person = Person(key, firm, visits, has_client_id=draw.happens(0.9))
    if draw.happens(0.35):
        return person
    person.entered = [draw.minute(chance.choice(visits).at, 0.01)]
    person.has_user_id = not person.has_client_id and draw.happens(0.8)
    for share, mean_days in STEPS:
        last = person.entered[-1]
        if not draw.happens(share):
            if draw.happens(LOST):
                person.lost = draw.minute(last, 9)
                person.reason = chance.choice(REASONS)
            break
        person.entered.append(draw.minute(last, mean_days))
    if len(person.entered) > 2 and draw.happens(0.15):
        person.skipped = 1
    if len(person.entered) > 4:
        person.deal = _deal(draw, person, person.entered[4])
        person.lost = None
    _odd_things(draw, person)
    return person


def _visit(draw: _Draw, at: datetime, number: int) -> Visit:
    # Of every fourth day: a file of web events a day is what takes longest to load.
    at = draw.minute(at + timedelta(days=-((at.date() - FIRST).days) % 4), 0.01)
    medium = draw.chance.choice(MEDIUMS)
    campaign = draw.chance.choice(CAMPAIGNS) if medium in ("cpc", "email") else None
    return Visit(at, number, medium, campaign, draw.chance.randint(1, 3))


def _deal(draw: _Draw, person: Person, created: datetime) -> Deal:
    moves = [(created, "Discovery")]
    if won := person.entered[5] if len(person.entered) > 5 else None:
        if (won - created).days > 12 and draw.happens(0.5):
            moves.append((draw.minute(created, 2), "Closed Lost"))
            moves.append((draw.minute(moves[-1][0], 2), "Negotiation"))
        # What was to be won before it was re-opened was won right after.
        person.entered[5] = max(won, draw.minute(moves[-1][0], 0.1))
        moves.append((person.entered[5], "Closed Won"))
    elif draw.happens(LOST):
        moves.append((draw.minute(created, 15), "Closed Lost"))
    amount = draw.chance.randrange(100, 900) * 1000
    corrected = (created.date() + timedelta(days=20), amount + 50_000)
    return Deal(
        key=f"60{person.key}",
        created=created,
        amount=amount,
        corrected=corrected if draw.happens(0.4) else None,
        owner=draw.chance.choice(("Aoki", "Baba", "Chiba")),
        moves=moves,
        expected=created + timedelta(days=60),
    )


def _odd_things(draw: _Draw, person: Person) -> None:
    created = person.entered[0]
    mql = person.entered[1] if len(person.entered) > 1 and not person.skipped else None
    if draw.happens(0.3):
        person.clicks = [draw.minute(created, 12)]
    if mql and draw.happens(0.15):
        person.misdated = (mql.date() + timedelta(days=15), -1)
    person.is_undated = draw.happens(0.2)
    if not person.deal and draw.happens(0.1):
        person.deleted = created.date() + timedelta(days=30)
    if draw.happens(0.08):
        person.merged_key = f"90{person.key}"
    if mql and len(person.entered) == 2 and not person.lost and draw.happens(0.5):
        back = draw.minute(mql, 10)
        person.history = [(created, "Lead"), (mql, STAGES[1]), (back, "Lead")]
        person.history.append((draw.minute(back, 10), STAGES[1]))


def _seminar(draw: _Draw, day: date, contacts: list[Person], prefix: str) -> Seminar:
    known = [person for person in contacts if person.created and person.created.date() < day]
    guests = [person.key for person in draw.chance.sample(known, min(len(known), 6))]
    guests.append(f"{prefix}guest{day:%m%d}")
    registrations = []
    for guest in guests:
        came = draw.happens(0.7)
        followed = day + timedelta(days=draw.chance.randint(1, 6)) if came else None
        registrations.append(
            (guest, draw.minute(_begin(day - timedelta(days=9)), 2), came, followed)
        )
    return Seminar(day, registrations)
