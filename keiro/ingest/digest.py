"""The digest that tells whether two rows have the same content.

128 bits by DuckDB's own hash function, since a cryptographic one would cost as much as parsing the
file. That function may differ between DuckDB's versions: the database keeps the digest of a known
text, and where it comes out differently, the digests of all rows are computed anew from raw.
"""

import hashlib

import duckdb

from keiro.ingest.labels import quote_identifier, quote_text

# DuckDB's hash takes in eight bytes at a time and lets a difference move to higher bits only: texts
# that differ in the last bytes of such words often collide. Four bytes before the text bring the
# last bytes to the middle, so that no difference is weak in both halves of a digest.
_SHIFT = "2nd:"
# A character that no text has: the last one that Unicode sets aside for private use.
_BETWEEN = f"chr({0x10FFFD})"
_PROBE = f"select {{digest}} from (select {quote_text('Keiro 経路')} as a, '' as b, null as _extra)"


def row_digest(names: list[str]) -> str:
    """A digest of the columns and `_extra`, as an SQL expression of type UHUGEINT.

    It is taken of the values that are not null, in the order of their names, and of a number that
    says which columns they are from: so null differs from empty, and neither the order of the
    declaration nor a newly declared column that the file lacks changes it.
    """
    ordered = sorted([*names, "_extra"], key=str.casefold)
    columns = "0"
    for name in ordered:
        columns = f"xor({columns}, if({quote_identifier(name)} is null, 0, {_number(name)}))"
    text = f"concat_ws({_BETWEEN}, {', '.join(map(quote_identifier, ordered))})"
    return (
        f"((hash({text}, {columns})::uhugeint << 64)"
        f" | hash({quote_text(_SHIFT)} || {text}, {columns})::uhugeint)"
    )


def _number(name: str) -> int:
    """63 bits that stand for a column."""
    digest = hashlib.sha256(name.casefold().encode()).digest()
    return int.from_bytes(digest[:8], "big") >> 1


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
