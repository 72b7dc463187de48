"""Invented people in a CRM and on attendance lists, with who they truly are.

Every person has a CRM record; some are on a list under the same address, some under none or a
private one. Namesakes at other companies and colleagues of one family name are other people.
"""

import csv
import random
from dataclasses import dataclass
from pathlib import Path

FAMILY = {
    "佐藤": "sato", "鈴木": "suzuki", "高橋": "takahashi", "田中": "tanaka", "伊藤": "ito",
    "渡辺": "watanabe", "山本": "yamamoto", "中村": "nakamura", "小林": "kobayashi",
    "加藤": "kato", "吉田": "yoshida", "山田": "yamada", "斉藤": "saito", "高崎": "takasaki",
}  # fmt: skip
GIVEN = {
    "太郎": "taro", "花子": "hanako", "一郎": "ichiro", "直美": "naomi", "健": "ken",
    "美咲": "misaki", "翔太": "shota", "陽子": "yoko", "大輔": "daisuke", "恵": "megumi",
    "誠": "makoto", "由美": "yumi", "拓也": "takuya", "愛": "ai", "学": "manabu",
}  # fmt: skip
COMPANIES = [
    f"{place}{trade}"
    for place in ("北浜", "南町", "東野", "西川", "中島", "上田", "下沢", "森岡")
    for trade in ("商事", "製作所", "システム", "食品", "建設")
]
COLUMNS = (
    "source_person_id", "email", "family_name", "given_name", "full_name", "company_name", "phone",
    "created_at",
)  # fmt: skip


@dataclass(frozen=True)
class Record:
    """One record of a person: its source, id, and the person that it truly is."""

    source: str
    source_person_id: str
    person: int


def write_people(folder: Path, people: int = 240, seed: int = 11) -> list[Record]:
    """Write crm.csv and events.csv into the folder; who is who is returned, not written."""
    draw = random.Random(seed)  # noqa: S311
    names = draw.sample([(f, g) for f in FAMILY for g in GIVEN], people * 4 // 5)
    at_work = [(*name, number % len(COMPANIES)) for number, name in enumerate(names)]
    at_work += [(f, g, (n + 7) % len(COMPANIES)) for f, g, n in at_work[: people - len(names)]]
    crm, events, records = [], [], []
    for person, (family, given, number) in enumerate(at_work):
        company, domain = COMPANIES[number], f"company{number}.example"
        mail = f"{GIVEN[given]}.{FAMILY[family]}@{domain}"
        phone = f"03-{1000 + person}-{2000 + person}" if person % 2 else ""
        day = f"2026-01-{1 + person % 28:02d} 09:00:00"
        crm.append((f"c{person}", mail, family, given, "", f"株式会社{company}", phone, day))
        records.append(Record("crm", f"c{person}", person))
        written = _on_a_list(person, mail, family, given, company, phone)
        if written:
            events.append((f"e{person}", *written, day.replace("-01-", "-02-")))
            records.append(Record("events", f"e{person}", person))
    for name, rows in (("crm", crm), ("events", events)):
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([COLUMNS, *rows])
    return records


def _on_a_list(
    person: int, mail: str, family: str, given: str, company: str, phone: str
) -> tuple[str, ...] | None:
    """The cells of a sign-in sheet after the id, in the ways that people fill them in."""
    variant = family.replace("高", "髙")
    match person % 5:
        case 0 | 1:  # the same address
            return mail, "", "", f"{variant}　{given}", f"{company}(株)", phone.replace("-", "")
        case 2:  # no address
            return "", "", "", f"{family} {given}", f"㈱{company}", ""
        case 3 if phone:  # a private address and no company
            private = f"{GIVEN[given]}{person}@gmail.com"
            return private, family, given, "", "", "+81 " + phone[1:]
    return None
