"""Casts of staging: hundreds of texts with the exact value, or none, that each must give."""

import random
import sys
import unicodedata
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import duckdb
import pytest

from keiro.text_functions import register_text_functions
from tests.integration.casting_cases import DATES, ERAS, TEXT, TIMES
from tests.integration.casting_number_cases import KEYS, NUMBERS
from tests.integration.casting_project import Case, build_casts, read

Answers = dict[Case, str | None]

FULL_WIDTH = str.maketrans("0123456789,.-/", "０１２３４５６７８９，．－／")


def written() -> Answers:
    """The tables that were written by hand."""
    return {
        (call, text): value
        for table in (TEXT, DATES, ERAS, TIMES, NUMBERS, KEYS)
        for call, cases in table.items()
        for text, value in cases.items()
    }


def every_day_by_era() -> Answers:
    """Each day from Heisei's first to 2026 as Japan writes it, in forms that change by the day."""
    answers: Answers = {}
    day = date(1989, 1, 8)
    while day <= date(2026, 12, 31):
        is_reiwa = day >= date(2019, 5, 1)
        year = day.year - (2018 if is_reiwa else 1988)
        era, letter = ("令和", "R") if is_reiwa else ("平成", "H")
        forms = [
            f"{era}{'元' if year == 1 else year}年{day.month}月{day.day}日",
            f"{letter}{year}.{day.month}.{day.day}",
            f"{letter}{year:02}/{day.month:02}/{day.day:02}".translate(FULL_WIDTH),
        ]
        for form in {forms[0], forms[1 + day.toordinal() % 2]}:
            answers["parse_date('x')", form] = day.isoformat()
        day += timedelta(days=1)
    return answers


def random_amounts(chance: random.Random) -> Answers:
    """Whole amounts in the forms of accounting, of Japanese counting and of spreadsheets."""
    answers: Answers = {}
    for _ in range(400):
        n = chance.randrange(1, 10 ** chance.randrange(1, 13))
        units = ((10**8, "億"), (10**4, "万"), (1, ""))
        counted = "".join(
            f"{n // size % 10**4:,}{unit}" for size, unit in units if n // size % 10**4
        )
        for form in (f"¥{n:,}", f"{n:,}円".translate(FULL_WIDTH), f"{n}.00", f"{counted}円"):
            answers["parse_amount('x')", form] = f"{n}.00"
        for form in (f"▲{n:,}", f"({n:,})", f"−{n}円", f"△¥{n:,}".translate(FULL_WIDTH)):
            answers["parse_integer('x')", form] = str(-n)
        answers["parse_amount('x', ',')", f"{n:,},5".replace(",", ".", f"{n:,}".count(","))] = (
            f"{n}.50"
        )
    return answers


def random_instants(chance: random.Random) -> Answers:
    """Instants in the zones and clocks of exports; Python's own arithmetic gives their UTC."""
    answers: Answers = {}
    for _ in range(400):
        zone = timezone(timedelta(minutes=15 * chance.randrange(-48, 57)))
        instant = datetime.fromtimestamp(chance.randrange(10**9, 2 * 10**9), UTC)
        utc = f"{instant:%Y-%m-%d %H:%M:%S}"
        local = instant.astimezone(zone)
        for form in (local.isoformat(), f"{local:%Y/%m/%d %H:%M:%S %z}", f"{local:%b %d, %Y %T%z}"):
            answers["parse_timestamp('x')", form] = utc
        answers["parse_timestamp('x')", f"{local:%Y%m%dT%H%M%S%z}"] = utc
        answers["parse_local_timestamp('x', 'mdy')", f"{local:%m/%d/%Y %I:%M:%S %p}"] = (
            f"{local:%Y-%m-%d %H:%M:%S}"
        )
        late = f"{local.date()} {24 + local.hour % 6}:{local:%M}"
        answers["parse_local_timestamp('x')", late] = (
            f"{local.date() + timedelta(days=1)} {local.hour % 6:02}:{local:%M}:00"
        )
    return answers


def random_salesforce_ids(chance: random.Random) -> Answers:
    """The checksum from its description: five letters, reversed, are a number in binary."""
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    answers: Answers = {}
    for _ in range(500):
        short = "".join(chance.choices(letters + letters.lower() + "0123456789", k=15))
        suffix = ""
        for start in (0, 5, 10):
            bits = "".join("1" if c in letters else "0" for c in reversed(short[start : start + 5]))
            suffix += (letters + "012345")[int(bits, 2)]
        answers["salesforce_id('x')", short] = short + suffix
        answers["salesforce_id('x')", short + suffix] = short + suffix
        if short != short.upper():
            answers["salesforce_id('x')", short.upper() + suffix] = None
    return answers


@pytest.fixture(scope="module")
def expected() -> Answers:
    chance = random.Random(20240401)  # noqa: S311  no secret
    return (
        every_day_by_era()
        | random_amounts(chance)
        | random_instants(chance)
        | random_salesforce_ids(chance)
        | written()
    )


@pytest.fixture(scope="module")
def found(expected: Answers, tmp_path_factory: pytest.TempPathFactory) -> Answers:
    database: Path = build_casts(tmp_path_factory.mktemp("casting"), expected, [])
    return {
        (str(call), None if text is None else str(text)): None if value is None else str(value)
        for call, text, value in read(database, "select call, x, value from main.casts")
    }


def test_each_text_becomes_the_value_that_it_says(expected: Answers, found: Answers) -> None:
    assert len(expected) > 20_000
    assert set(found) == set(expected)
    wrong = {case: (found[case], value) for case, value in expected.items() if found[case] != value}
    assert wrong == {}


def test_nfkc_is_that_of_unicode() -> None:
    """Every character that Python knows, and blanks and nulls, against Python's own table."""
    texts = [
        f"a{chr(point)}b"
        for point in range(sys.maxunicode + 1)
        if unicodedata.category(chr(point)) not in ("Cn", "Cs")
    ]
    with duckdb.connect() as con:
        register_text_functions(con)
        register_text_functions(con)
        rows = con.execute(
            "select x, nfkc(x) from (select unnest($1::varchar[]) as x)", [[*texts, "", None]]
        ).fetchall()
    assert len(rows) > 200_000
    assert [
        text for text, made in rows if made != (text and unicodedata.normalize("NFKC", text))
    ] == []
