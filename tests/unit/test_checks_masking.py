"""No value of a row leaves the database in an error text, however it is quoted."""

import duckdb
import pytest

from keiro.masking import mask_values

SECRETS = ("taro", "yamada", "brien", "x@y.jp", "example")
TEXTS = [
    'Conversion Error: invalid date field format: "taro@example.com", expected format is (Y-M-D)',
    "Conversion Error: Could not convert string 'O'Brien x@y.jp' to INT32",
    "Conversion Error: Could not convert string 'Taro\nYamada' to INT32",
    "Conversion Error: Could not convert string 'O'Brien\nYamada' to INT32\n\nLINE 1: 'Taro'",
    "Conversion Error: 'id' holds \"O'Brien\" and 'Taro\"Yamada' again",
    "Conversion Error: Could not convert string 'Taro Yamada",
    'Invalid Input Error: Could not parse string "Taro" according to format specifier "%Y"\n'
    "Taro\n^\nError: Expected a number",
    'Invalid Input Error: Could not parse string "O"Brien" according to format specifier "%Y"\n'
    "O'Brien\" Yamada\n^",
    "Conversion Error: Could not convert string 'Binder Error: Taro' to INT32",
    "Conversion Error: no number\nBinder Error: Taro",
    "Runtime Error in model stg_people (models/stg_people.sql)\n"
    "  Conversion Error: Could not convert string 'Taro' to INT32\n  LINE 1: x 'Yamada'",
    "(_duckdb.ConversionException) Conversion Error: bad 'Taro'\n[SQL: select 'Yamada']",
    "unexpected taro@example.com in the list",
]
CASTS = [
    "select strptime(x, '%Y') from t",
    "select x::date from t",
    "select x::timestamp from t",
    "select x::int from t",
    "select x::boolean from t",
]
VALUES = ["taro yamada", "o'brien", 'o"brien\nyamada', "yamada'\nbrien\"", "taro@example.com"]


@pytest.mark.parametrize("text", TEXTS)
def test_a_quoted_or_repeated_value_is_masked(text: str) -> None:
    shown = mask_values(text)
    assert not [secret for secret in SECRETS if secret in shown.lower()]
    assert "\n" not in shown


@pytest.mark.parametrize("cast", CASTS)
@pytest.mark.parametrize("value", VALUES)
def test_no_failing_cast_of_the_database_shows_its_value(cast: str, value: str) -> None:
    with duckdb.connect() as con:
        con.execute("create table t as select $value as x", {"value": value})
        with pytest.raises(duckdb.Error) as raised:
            con.execute(cast).fetchall()
    shown = mask_values(str(raised.value))
    assert "Error: " in shown
    assert not [secret for secret in SECRETS if secret in shown.lower()]


def test_what_is_wrong_stays_readable() -> None:
    assert mask_values('Binder Error: no column "sesion"\nCandidates: "session"\n\nLINE 1: x') == (
        'Binder Error: no column "sesion" · Candidates: "session"'
    )
    assert mask_values("flag_sql: Catalog Error: no table 'x'") == (
        "flag_sql: Catalog Error: no table 'x'"
    )
    assert mask_values("Could not convert '12a' to INT32") == "Could not convert '…' to INT32"
    assert mask_values("Database Error in model a (models/a.sql)\n  Parser Error: at 'b'") == (
        "Database Error in model a (models/a.sql) · Parser Error: at 'b'"
    )
    assert mask_values("Got 3 results, configured to fail if != 0") == (
        "Got 3 results, configured to fail if != 0"
    )
    assert mask_values("  ") == ""
