"""The digest that tells whether two rows have the same content.

128 bits by DuckDB's own hash function, since a cryptographic one would cost as much as parsing the
file. That function may differ between DuckDB's versions: the database keeps the digest of a known
text, and where it comes out differently, the digests of all rows are computed anew from raw.
"""

import hashlib

import duckdb

from keiro.ingest.labels import quote_identifier, quote_text

_PROBE = f"select {{digest}} from (select {quote_text('Keiro 経路')} as a, '' as b, null as _extra)"


def row_digest(names: list[str]) -> str:
    """A digest of the columns and `_extra`, as an SQL expression of type UHUGEINT.

    It is taken of the values that are not null, in the order of their names, after a number that
    says which columns they are from and how long each is: so null differs from empty, no value is
    read as another's, and neither the order of the declaration nor a newly declared column that
    the file lacks changes it.
    """
    ordered = sorted([*names, "_extra"], key=str.casefold)
    shape = " + ".join(
        f"coalesce((strlen({quote_identifier(name)}) + 1) * {_weight(name)}, 0)" for name in ordered
    )
    values = ", ".join(quote_identifier(name) for name in ordered)
    text = f"concat_ws(chr(31), {shape}, {values})"
    return f"((hash({text})::uhugeint << 64) | hash('2:' || {text})::uhugeint)"


def _weight(name: str) -> int:
    """An odd number of 31 bits; products with the lengths of a row fit 63 bits."""
    digest = hashlib.sha256(name.casefold().encode()).digest()
    return int.from_bytes(digest[:4], "big") >> 1 | 1


def probe(con: duckdb.DuckDBPyConnection) -> int:
    """The digest of a known row, as this version of DuckDB computes it."""
    row = con.execute(_PROBE.format(digest=row_digest(["a", "b"]))).fetchone()
    return int(row[0]) if row else 0


def renew_digests(con: duckdb.DuckDBPyConnection, table: str, names: list[str]) -> None:
    """Compute the digests of a raw table anew, in the caller's transaction.

    A tombstone of a row without a key has the digest of that row, and gets its new one.
    """
    con.execute(
        "create or replace temp table keiro_digests as"
        f" select distinct _row_hash as former, {row_digest(names)} as renewed"
        f" from {table} where not _is_deleted"
    )
    con.execute(
        f"update {table} set _row_hash = renewed from temp.keiro_digests"
        " where _is_deleted and _row_hash = former"
    )
    con.execute(f"update {table} set _row_hash = {row_digest(names)} where not _is_deleted")
    con.execute("drop table temp.keiro_digests")
