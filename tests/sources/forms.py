"""One invented company's year, rendered in forms of HubSpot and of Salesforce that mean the same.

What one of them cannot carry is not in it: leads convert, and deals close, on a day alone.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from tests.sources.hubspot import Cell, as_csv, as_xlsx
from tests.sources.salesforce import Row, Tables, long_id
from tests.sources.salesforce_dialects import write_reports, write_weekly

TOKYO = timedelta(hours=9)
FIRST, LAST = date(2025, 10, 1), date(2026, 9, 30)
SOURCES = {
    "Organic Search": "オーガニック検索",
    "Paid Search": "有料検索",
    "Referrals": "参照元",
    "Offline Sources": "オフラインソース",
}
# The stages of a deal in order, as HubSpot and as Salesforce call them.
STAGES = {"Discovery": "Prospecting", "Proposal": "Proposal/Price Quote"}
ENDS = {"Closed Won": "Closed Won", "Closed Lost": "Closed Lost"}


@dataclass(frozen=True)
class Deal:
    """A deal with the wall-clock time at which it came into each stage."""

    amount: int
    entered: dict[str, datetime]

    @property
    def stage(self) -> str:
        """The stage of today."""
        return list(self.entered)[-1]

    @property
    def closes(self) -> date:
        """The day on which it closed, or is expected to."""
        return self.entered[self.stage].date() if self.stage in ENDS else date(2026, 12, 25)


@dataclass(frozen=True)
class Person:
    """A lead; times are wall clock in Tokyo."""

    number: int
    source: str
    created: datetime
    mql: date | None
    sql: date | None
    deal: Deal | None


def people(count: int = 240, seed: int = 3) -> list[Person]:
    """The company's leads in the order in which they came."""
    dice = random.Random(seed)  # noqa: S311  no secret is made of it
    return [_person(number, dice) for number in range(1, count + 1)]


def _person(number: int, dice: random.Random) -> Person:
    day = FIRST + timedelta(days=dice.randrange((LAST - FIRST).days - 60))
    created = datetime.combine(day, time(dice.randrange(24), dice.randrange(60)))
    mql = day + timedelta(days=dice.randrange(1, 20)) if dice.random() < 0.6 else None
    sql = mql + timedelta(days=dice.randrange(1, 15)) if mql and dice.random() < 0.6 else None
    deal = _deal(sql, dice) if sql else None
    return Person(number, dice.choice(list(SOURCES)), created, mql, sql, deal)


def _deal(day: date, dice: random.Random) -> Deal:
    at = datetime.combine(day, time(10, 30))
    entered = {}
    for stage in [*STAGES, dice.choice([*ENDS, *ENDS])][: dice.choice([1, 2, 3, 3])]:
        entered[stage] = at
        at += timedelta(days=dice.randrange(1, 9), hours=dice.randrange(5))
    return Deal(dice.randrange(300_000, 3_000_000, 1000), entered)


def hubspot_tables(*, japanese: bool = False) -> dict[str, list[list[Cell]]]:
    """Header and rows of contacts and deals; times are datetimes, amounts numbers."""
    contacts: list[list[Cell]] = [_labels(japanese, _CONTACT_LABELS)]
    deals: list[list[Cell]] = [
        [
            *_labels(japanese, _DEAL_LABELS),
            *(f'Date entered "{stage} (Sales Pipeline)"' for stage in (*STAGES, *ENDS)),
        ]
    ]
    for person in people():
        source = SOURCES[person.source] if japanese else person.source
        stage = ("リード" if japanese else "Lead") if person.sql is None else "SQL"
        days = [_midnight(day) for day in (person.mql, person.sql)]
        email = f"person{person.number}@example.com"
        contacts.append(
            [person.number, email, stage, person.created, person.created, *days, source]
        )
        if person.deal is not None:
            entered = person.deal.entered
            deals.append(
                [
                    5000 + person.number,
                    person.deal.stage,
                    person.deal.amount,
                    entered["Discovery"],
                    _midnight(person.deal.closes),
                    person.number,
                    *(entered.get(stage) for stage in (*STAGES, *ENDS)),
                ]
            )
    return {"all-contacts": contacts, "all-deals": deals}


_CONTACT_LABELS = (
    ("Record ID", "レコードID"),
    ("Email", "Eメール"),
    ("Lifecycle Stage", "ライフサイクルステージ"),
    ("Create Date", "作成日"),
    ("Became a Lead Date", "リード(見込み客)になった日付"),
    (
        "Became a Marketing Qualified Lead Date",
        "MQL(マーケティング上の有望な見込み客)になった日付",
    ),
    ("Became a Sales Qualified Lead Date", "SQL(営業上の有望な見込み客)になった日付"),
    ("Original Source", "オリジナルソース"),
)
_DEAL_LABELS = (
    ("Record ID", "レコードID"),
    ("Deal Stage", "取引ステージ"),
    ("Amount", "金額"),
    ("Create Date", "作成日"),
    ("Close Date", "クローズ日"),
    ("Associated Contact IDs", "関連付けられているコンタクトID"),
)


def _labels(japanese: bool, labels: tuple[tuple[str, str], ...]) -> list[Cell]:
    return [label[japanese] for label in labels]


def _midnight(day: date | None) -> datetime | None:
    return datetime.combine(day, time()) if day else None


def salesforce_tables() -> Tables:
    """The same year as Salesforce's objects: leads, and what they were converted to."""
    tables: Tables = {name: [] for name in ("Lead", "Contact", "Opportunity", "OpportunityHistory")}
    for person in people():
        number = f"{person.number:04d}"
        converted = person.sql is not None
        lead: Row = {
            "Id": long_id(f"00Q:{number}"),
            "IsDeleted": False,
            "Email": f"person{person.number}@example.com",
            "LeadSource": person.source,
            "Status": "Closed - Converted" if converted else "Open - Not Contacted",
            "IsConverted": converted,
            "ConvertedDate": person.sql,
            "ConvertedContactId": long_id(f"003:{number}") if converted else None,
            "ConvertedOpportunityId": long_id(f"006:{number}") if converted else None,
            "MQL_Date__c": person.mql,
            "CreatedDate": _utc(person.created),
        }
        tables["Lead"].append(lead)
        if person.deal is not None:
            _add_opportunity(tables, number, person, person.deal)
    return tables


def _add_opportunity(tables: Tables, number: str, person: Person, deal: Deal) -> None:
    names = {**STAGES, **ENDS}
    opened = _utc(deal.entered["Discovery"])
    common: Row = {"IsDeleted": False, "Amount": deal.amount, "CloseDate": deal.closes}
    tables["Contact"].append(
        {
            "Id": long_id(f"003:{number}"),
            "IsDeleted": False,
            "Email": f"person{person.number}@example.com",
            "LeadSource": person.source,
            "CreatedDate": opened,
        }
    )
    tables["Opportunity"].append(
        {
            **common,
            "Id": long_id(f"006:{number}"),
            "ContactId": long_id(f"003:{number}"),
            "StageName": names[deal.stage],
            "IsClosed": deal.stage in ENDS,
            "IsWon": deal.stage == "Closed Won",
            "CreatedDate": opened,
        }
    )
    for step, (stage, at) in enumerate(deal.entered.items()):
        tables["OpportunityHistory"].append(
            {
                **common,
                "Id": long_id(f"008:{number}{step}"),
                "OpportunityId": long_id(f"006:{number}"),
                "StageName": names[stage],
                "CreatedDate": _utc(at),
            }
        )


def _utc(wall_clock: datetime) -> datetime:
    return (wall_clock - TOKYO).replace(tzinfo=UTC)


def _texts(rows: list[list[Cell]], form: str, amount: str) -> list[list[Cell]]:
    return [
        [
            cell.strftime(form)
            if isinstance(cell, datetime)
            else amount.format(cell)
            if isinstance(cell, int) and cell >= 100_000
            else cell
            for cell in row
        ]
        for row in rows
    ]


def _hubspot_files(folder: Path, ending: str, contents: dict[str, bytes]) -> None:
    (folder / "hubspot").mkdir(parents=True)
    for name, content in contents.items():
        file = f"hubspot-crm-exports-{name}-{LAST}.{ending}"
        (folder / "hubspot" / file).write_bytes(content)


def write_hubspot_english(folder: Path) -> None:
    """CSV in UTF-8 with a byte order mark."""
    rendered = {
        name: as_csv(_texts(rows, "%Y-%m-%d %H:%M", "{:,}"), "utf-8-sig")
        for name, rows in hubspot_tables().items()
    }
    _hubspot_files(folder, "csv", rendered)


def write_hubspot_japanese(folder: Path) -> None:
    """Japanese labels and values in CP932, dates as people write them."""
    rendered = {
        name: as_csv(_texts(rows, "%Y年%m月%d日 %H:%M", "￥{:,}"), "cp932")
        for name, rows in hubspot_tables(japanese=True).items()
    }
    _hubspot_files(folder, "csv", rendered)


def write_hubspot_tabs(folder: Path) -> None:
    """Text with tabs in UTF-16, as spreadsheets save it."""
    rendered = {
        name: as_csv(_texts(rows, "%Y/%m/%d %H:%M", "{}"), "utf-16", delimiter="\t")
        for name, rows in hubspot_tables().items()
    }
    _hubspot_files(folder, "tsv", rendered)


def write_hubspot_workbooks(folder: Path) -> None:
    """Workbooks whose dates are serials: date cells for contacts, plain numbers for deals."""
    tables = hubspot_tables()
    serials = [[_serial(cell) for cell in row] for row in tables["all-deals"]]
    rendered = {"all-contacts": as_xlsx(tables["all-contacts"]), "all-deals": as_xlsx(serials)}
    _hubspot_files(folder, "xlsx", rendered)


def _serial(cell: Cell) -> Cell:
    """Days since the last day of 1899, as spreadsheets of the 1900 system count after February."""
    if not isinstance(cell, datetime):
        return cell
    return (cell - datetime(1899, 12, 30)) / timedelta(days=1)


FORMS: dict[str, tuple[str, Callable[[Path], None]]] = {
    "HubSpot, English": ("hubspot", write_hubspot_english),
    "HubSpot, Japanese in CP932": ("hubspot", write_hubspot_japanese),
    "HubSpot, tabs in UTF-16": ("hubspot", write_hubspot_tabs),
    "HubSpot, workbooks with serials": ("hubspot", write_hubspot_workbooks),
    "Salesforce, report": (
        "salesforce",
        lambda folder: write_reports(folder, salesforce_tables()),
    ),
    "Salesforce, weekly zips split in two": (
        "salesforce",
        lambda folder: write_weekly(folder, salesforce_tables()),
    ),
}
