"""Invented HubSpot records as exports: English, Japanese, internal names, spreadsheets."""

import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

Cell = str | int | float | datetime | None
DAY = "2026-09-30"
LOCAL = "%Y-%m-%d %H:%M"


def _at(text: str) -> datetime:
    return datetime.strptime(text, LOCAL)


@dataclass(frozen=True)
class Names:
    """Labels of one form, by what they mean."""

    contacts: dict[str, str]
    companies: dict[str, str]
    deals: dict[str, str]
    lifecycle: dict[str, str]
    sources: dict[str, str]
    stages: dict[str, str]
    entered: str  # header of the date of a deal's stage


ENGLISH = Names(
    contacts={
        "id": "Record ID",
        "given": "First Name",
        "family": "Last Name",
        "email": "Email",
        "company": "Company Name",
        "stage": "Lifecycle Stage",
        "created": "Create Date",
        "mql": "Became a Marketing Qualified Lead Date",
        "customer": "Became a Customer Date",
        "source": "Original Source",
        "first_visit": "Time of First Session",
        "companies": "Associated Company IDs",
        "merged": "Merged object IDs",
        "subscriber": "Became a Subscriber Date",
    },
    companies={
        "id": "Record ID",
        "name": "Company name",
        "domain": "Company Domain Name",
        "employees": "Number of Employees",
        "created": "Create Date",
    },
    deals={
        "id": "Record ID",
        "name": "Deal Name",
        "pipeline": "Pipeline",
        "stage": "Deal Stage",
        "amount": "Amount",
        "created": "Create Date",
        "closes": "Close Date",
        "contacts": "Associated Contact IDs",
        "companies": "Associated Company IDs",
    },
    lifecycle={
        "subscriber": "Subscriber",
        "mql": "Marketing Qualified Lead",
        "customer": "Customer",
        "lead": "Lead",
    },
    sources={"organic": "Organic Search", "email": "Email Marketing", "paid": "Paid Search"},
    stages={"negotiation": "Negotiation", "won": "Closed Won", "lost": "closed lost "},
    entered='Date entered "{stage} (Sales Pipeline)"',
)
# Labels of an older account.
OLDER = replace(
    ENGLISH,
    contacts=ENGLISH.contacts | {"id": "Contact ID", "first_visit": "Time of First Visit "},
    deals=ENGLISH.deals | {"id": "Deal ID"},
)
JAPANESE = Names(
    contacts={
        "id": "レコードID",
        "given": "名",
        "family": "姓",
        "email": "Ｅメール",
        "company": "会社名",
        "stage": "ライフサイクルステージ",
        "created": "作成日",
        "mql": "MQL（マーケティング活動で獲得した見込み客）になった日付",
        "customer": "顧客に転換した日付",
        "source": "オリジナルソース",
        "first_visit": "最初のセッションの日時",
        "companies": "関連付けられている会社ID",
        "merged": "統合されたオブジェクトID",
        "subscriber": "登録読者になった日付",
    },
    companies={
        "id": "レコードID",
        "name": "会社名",
        "domain": "会社のドメイン名",
        "employees": "従業員数",
        "created": "作成日",
    },
    deals={
        "id": "レコードID",
        "name": "取引名",
        "pipeline": "パイプライン",
        "stage": "取引ステージ",
        "amount": "金額",
        "created": "作成日",
        "closes": "クローズ日",
        "contacts": "関連付けられているコンタクトID",
        "companies": "関連付けられている会社ID",
    },
    lifecycle={
        "subscriber": "購読者",
        "mql": "MQL(マーケティング活動で獲得した見込み客)",
        "customer": "顧客",
        "lead": "リード",
    },
    sources={
        "organic": "オーガニック検索",
        "email": "Eメールマーケティング",
        "paid": "有料検索",
    },
    stages={"negotiation": "Negotiation", "won": "成約", "lost": "クローズ済み不成立"},
    entered="「{stage}（営業パイプライン）」に入った日付",
)
INTERNAL = Names(
    contacts={
        "id": "hs_object_id",
        "given": "firstname",
        "family": "lastname",
        "email": "email",
        "company": "company",
        "stage": "lifecyclestage",
        "created": "createdate",
        "mql": "hs_lifecyclestage_marketingqualifiedlead_date",
        "customer": "hs_lifecyclestage_customer_date",
        "source": "hs_analytics_source",
        "first_visit": "hs_analytics_first_visit_timestamp",
        "companies": "associatedcompanyid",
        "merged": "hs_merged_object_ids",
        "subscriber": "hs_lifecyclestage_subscriber_date",
    },
    companies={
        "id": "hs_object_id",
        "name": "name",
        "domain": "domain",
        "employees": "numberofemployees",
        "created": "createdate",
    },
    deals={
        "id": "hs_object_id",
        "name": "dealname",
        "pipeline": "pipeline",
        "stage": "dealstage",
        "amount": "amount",
        "created": "createdate",
        "closes": "closedate",
        "contacts": "Associated Contact IDs",
        "companies": "Associated Company IDs",
    },
    lifecycle={
        "subscriber": "subscriber",
        "mql": "marketingqualifiedlead",
        "customer": "customer",
        "lead": "lead",
    },
    sources={"organic": "ORGANIC_SEARCH", "email": "EMAIL_MARKETING", "paid": "PAID_SEARCH"},
    # A custom pipeline has numbers for its stages: the test maps them, as a user does.
    stages={"negotiation": "149884283", "won": "closedwon", "lost": "closedlost"},
    entered="hs_v2_date_entered_{stage}",
)
CONTACTS: Sequence[dict[str, Any]] = (
    {"id": 501, "given": "花子", "family": "見本", "email": "hanako@example.com",
     "company": "株式会社見本", "stage": "customer", "created": _at("2026-01-05 09:30"),
     "mql": _at("2026-01-20 23:45"), "customer": _at("2026-03-01 12:00"), "source": "organic",
     "first_visit": _at("2026-01-04 08:00"), "companies": 901, "merged": "76340251;46897301"},
    {"id": 502, "given": "太郎", "family": "例示", "email": "taro@example.org",
     "company": None, "stage": "mql", "created": _at("2026-02-01 00:10"),
     "mql": _at("2026-02-28 10:00"), "customer": None, "source": "email",
     "first_visit": None, "companies": None, "merged": None},
    {"id": 503, "given": "Ada", "family": "Sample", "email": "ada@example.net",
     "company": "Sample Ltd", "stage": "subscriber", "created": _at("2026-04-01 18:00"),
     "mql": None, "customer": None, "source": "paid", "first_visit": None, "companies": 902,
     "merged": None, "subscriber": _at("2026-04-01 18:00")},
)  # fmt: skip
COMPANIES: Sequence[dict[str, Any]] = (
    {"id": 901, "name": "株式会社見本", "domain": "example.com", "employees": 1200,
     "created": _at("2026-01-05 09:31")},
    {"id": 902, "name": "Sample Ltd", "domain": "example.net", "employees": 15,
     "created": _at("2026-04-01 18:01")},
)  # fmt: skip
DEALS: Sequence[dict[str, Any]] = (
    {"id": 7001, "name": "見本 導入", "pipeline": "Sales Pipeline", "stage": "won",
     "amount": 300000, "created": _at("2026-02-10 10:00"), "closes": _at("2026-03-01 11:59"),
     "contacts": 501, "companies": 901,
     "entered": {"negotiation": _at("2026-02-20 15:30"), "won": _at("2026-03-01 11:59")}},
    {"id": 7002, "name": "例示 更新", "pipeline": "Sales Pipeline", "stage": "lost",
     "amount": None, "created": _at("2026-03-10 10:00"), "closes": _at("2026-04-02 09:00"),
     "contacts": "502;501", "companies": None,
     "entered": {"negotiation": _at("2026-03-11 09:00"), "lost": _at("2026-04-02 09:00")}},
)  # fmt: skip

Render = Callable[[Cell], Cell]


def _table(
    records: Sequence[dict[str, Any]], labels: dict[str, str], render: Render
) -> list[list[Cell]]:
    rows = [[render(record.get(key)) for key in labels] for record in records]
    return [list(labels.values()), *rows]


def _named(records: Sequence[dict[str, Any]], **values: dict[str, str]) -> list[dict[str, Any]]:
    """The records with the form's values of the columns that have their own."""
    return [
        {**record, **{key: named[record[key]] for key, named in values.items()}}
        for record in records
    ]


def tables(names: Names, render: Render = lambda cell: cell) -> dict[str, list[list[Cell]]]:
    """Header and rows of the three objects under the form's labels; `render` writes each cell."""
    deals = _table(_named(DEALS, stage=names.stages), names.deals, render)
    for stage, label in names.stages.items():
        deals[0].append(names.entered.format(stage=label.strip()))
        for row, record in zip(deals[1:], DEALS, strict=True):
            row.append(render(record["entered"].get(stage)))
    contacts = _named(CONTACTS, stage=names.lifecycle, source=names.sources)
    return {
        "all-contacts": _table(contacts, names.contacts, render),
        "all-companies": _table(COMPANIES, names.companies, render),
        "all-deals": deals,
    }


def as_csv(rows: Sequence[Sequence[Cell]], encoding: str, *, delimiter: str = ",") -> bytes:
    """CSV with quotes where they are needed, blank for None."""
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows(rows)
    return text.getvalue().encode(encoding)


def as_xlsx(rows: Sequence[Sequence[Cell]]) -> bytes:
    """A workbook with one sheet; dates are date cells, numbers are numbers."""
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(list(row))
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def _texts(date_format: str, amount: str) -> Render:
    def render(cell: Cell) -> Cell:
        if isinstance(cell, datetime):
            return cell.strftime(date_format)
        return amount.format(cell) if isinstance(cell, int) and cell > 100_000 else cell

    return render


def files(form: str) -> dict[str, bytes]:
    """File names and contents of the three exports in `english`, `japanese`, `internal`, `xlsx`."""
    stem = "hubspot/hubspot-crm-exports-{}-" + DAY
    if form == "xlsx":
        return {f"{stem.format(n)}.xlsx": as_xlsx(rows) for n, rows in tables(OLDER).items()}
    names, encoding, render = {
        "english": (ENGLISH, "utf-8-sig", _texts(LOCAL, "{:,}")),
        "japanese": (JAPANESE, "cp932", _texts("%Y/%m/%d %H:%M", "￥{:,}")),
        "internal": (INTERNAL, "utf-8", _texts("%Y-%m-%dT%H:%M:00+09:00", "{}")),
    }[form]
    return {
        f"{stem.format(n)}.csv": as_csv(rows, encoding) for n, rows in tables(names, render).items()
    }
