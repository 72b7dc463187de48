"""The digest of rows, on texts that DuckDB's own hash takes for the same."""

import duckdb
import pytest

from keiro.ingest.digest import row_digest

_ROWS = """
    select repeat('-', {place}) || a || '-------' || b || '-------' || c || '-------' || d
        || '-------' as text, null as _extra
    from letters as a(a), letters as b(b), letters as c(c), letters as d(d)
"""


@pytest.fixture
def con() -> duckdb.DuckDBPyConnection:
    con = duckdb.connect()
    con.execute("create table letters as select chr((40 + i)::integer) from range(30) as t(i)")
    return con


@pytest.mark.parametrize("place", [1, 3, 5, 7])
def test_texts_that_differ_eight_characters_apart_have_digests_of_their_own(
    con: duckdb.DuckDBPyConnection, place: int
) -> None:
    rows = _ROWS.format(place=place)
    digests = f"select count(*), count(distinct {row_digest(['text'])}) from ({rows})"
    assert con.execute(digests).fetchall() == [(30**4, 30**4)]


def test_the_hash_that_it_is_made_of_is_weak_there(con: duckdb.DuckDBPyConnection) -> None:
    """The reason for the digest's two halves; once this fails, they may be thought over."""
    hashes = f"select count(distinct hash(text)) from ({_ROWS.format(place=7)})"
    row = con.execute(hashes).fetchone()
    assert row is not None
    assert row[0] < 1000
