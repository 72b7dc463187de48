"""Attendance lists of the seminars, as an event tool and inside sales leave them (CP932)."""

from datetime import date

import numpy as np

from keiro.demo.arrays import day_number, to_date, wall_text
from keiro.demo.crm import Crm
from keiro.demo.parameters import DemoParameters
from keiro.demo.seminars import Seminars

HEADER = ["申込日時", "氏名", "会社名", "メールアドレス", "参加", "フォロー日"]
ATTENDED, ABSENT = "○", "×"


def held(parameters: DemoParameters, seminars: Seminars) -> list[int]:
    """The seminars of the period: the history's lists are gone, the future's not yet written."""
    return [
        index
        for index, day in enumerate(seminars.days)
        if parameters.start <= day <= parameters.end
    ]


def file_name(seminars: Seminars, index: int) -> str:
    """The name of a seminar's list."""
    return f"seminar_{seminars.days[index].isoformat()}_{seminars.topic(index)[0]}.csv"


def seminar_lines(
    parameters: DemoParameters, seminars: Seminars, crm: Crm, index: int
) -> tuple[list[list[str]], list[list[str]]]:
    """The lines of one list: two of metadata and the header; then one per registration."""
    chosen = np.flatnonzero(seminars.seminar == index)
    chosen = chosen[np.argsort(seminars.registered_at[chosen], kind="stable")]
    known_until = day_number(parameters.end)
    day, title = seminars.days[index], seminars.topic(index)[1]
    above = [["セミナー名", title], ["開催日", f"{day:%Y/%m/%d}"], list(HEADER)]
    lines: list[list[str]] = []
    for entry in chosen.tolist():
        followed = int(seminars.follow_up_day[entry])
        row = int(crm.lead_row[seminars.person[entry]])
        lines.append(
            [
                wall_text(int(seminars.registered_at[entry]), "%Y/%m/%d %H:%M"),
                _full_name(crm, row),
                _company(crm, row),
                _email(crm, row),
                ATTENDED if seminars.attended[entry] else ABSENT,
                _date_text(to_date(followed), row) if followed <= known_until else "",
            ]
        )
    return above, lines


def _full_name(crm: Crm, row: int) -> str:
    """Names are typed by hand: with a half-width or a full-width space between."""
    space = "\u3000" if row % 3 == 0 else " "
    return f"{crm.names.family[row]}{space}{crm.names.given[row]}"


def _company(crm: Crm, row: int) -> str:
    """Company names are typed by hand too: ㈱ or (株) for what the CRM writes in full."""
    company = int(crm.names.company[row])
    if company < 0:
        return ""
    short = {1: "㈱", 2: "(株)"}.get(row % 5, "株式会社")
    return crm.names.companies.name[company].replace("株式会社", short)


def _email(crm: Crm, row: int) -> str:
    email = crm.names.email[row]
    return email.upper() if row % 37 == 0 else email


def _date_text(day: date, row: int) -> str:
    """Inside sales write dates as they like."""
    return (
        f"{day.year}年{day.month}月{day.day}日" if row % 2 else f"{day.year}/{day.month}/{day.day}"
    )
