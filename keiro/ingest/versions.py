"""The versions in raw that a file is compared with: the newest of each key before its load."""

import duckdb

from keiro.ingest.declarations import FILE_KEYS, SourceObject
from keiro.ingest.delivery import VERSION, Delivery
from keiro.ingest.labels import quote_identifier, quote_text
from keiro.ingest.schema import raw_table
from keiro.ingest.sql import scalar

# The newest version of each key: its key, its window, its digest or that of a tombstone.
LATEST = "temp.keiro_latest"
# No digest of a row: a key that comes back after its tombstone is a new version.
TOMBSTONE_HASH = "0::uhugeint"


def key_columns(obj: SourceObject) -> list[str]:
    """The columns that tell an object's rows apart, quoted: without a key, the row's digest.

    Where a file restates its own date, rows of other dates are other rows.
    """
    if obj.primary_key:
        return [quote_identifier(name) for name in obj.primary_key]
    return [*(name for name in obj.window if name in FILE_KEYS), "_row_hash"]


def window_columns(obj: SourceObject) -> list[str]:
    """The columns of an object's windows that are not in its key, quoted."""
    keys = key_columns(obj)
    return [name for name in map(quote_identifier, obj.window) if name not in keys]


def find_latest(con: duckdb.DuckDBPyConnection, obj: SourceObject, delivery: Delivery) -> bool:
    """Fill `LATEST` from the versions before the load; whether there are any.

    Where files only add rows, those of the staged keys are enough.
    """
    if is_empty(con, obj, but_for=delivery.load_seq):
        return False
    found = scalar(
        con,
        f"create or replace temp table keiro_latest as {_latest(con, obj, _scope(obj, delivery))}",
        {"version": delivery.version},
    )
    return found > 0


def _latest(con: duckdb.DuckDBPyConnection, obj: SourceObject, scope: str) -> str:
    """SQL of the newest version in scope of each key.

    Where one load brought most rows, as the first snapshot did, only keys that have rows of other
    loads too are grouped: a load has one row of a key at most, so that the rest is newest already.
    """
    table, key = raw_table(obj), ", ".join(key_columns(obj))
    known = f"if(_is_deleted, {TOMBSTONE_HASH}, _row_hash)"
    carried = "".join(
        f", arg_max_null({name}, {VERSION}) as {name}" for name in window_columns(obj)
    )
    newest = (
        f"select {key}{carried}, arg_max({known}, {VERSION}) as known_hash"
        f" from {table} {{among}} where {scope} group by {key}"
    )
    if not obj.restates:
        return newest.format(among=f"semi join temp.keiro_rows using ({key})")
    bulk = _bulk(con, table)
    if bulk is None:
        return newest.format(among="")
    columns = ", ".join([*key_columns(obj), *window_columns(obj)])
    return f"""
        with elsewhere as (
            select distinct {key} from {table} where {scope} and _load_seq <> {bulk}
        )
        {newest.format(among=f"semi join elsewhere using ({key})")}
        union all
        select {columns}, {known}
        from {table} anti join elsewhere using ({key})
        where {scope} and _load_seq = {bulk}
        """


def _bulk(con: duckdb.DuckDBPyConnection, table: str) -> int | None:
    """The load that brought most of a table's rows; None where there is no such load."""
    row = con.execute(
        f"select _load_seq from {table} group by _load_seq"
        f" having count(*) * 2 > (select count(*) from {table})"
    ).fetchone()
    return int(row[0]) if row else None


def _scope(obj: SourceObject, delivery: Delivery) -> str:
    """The versions that count: those of the file's date or before, and of its own part of the key.

    Where the date or the name of the file is in the key, its rows are a table of their own.
    """
    conditions = [f"{VERSION} < $version"]
    own = {
        "_extracted_at": f"_extracted_at = date '{delivery.extracted_at}'",
        "_file_name": f"_file_name = {quote_text(delivery.file_name)}",
    }
    if obj.mode == "snapshot":
        conditions += [own[name] for name in FILE_KEYS if name in obj.primary_key]
    return " and ".join(conditions)


def is_empty(con: duckdb.DuckDBPyConnection, obj: SourceObject, but_for: int = 0) -> bool:
    """Whether raw has no rows of the object but those of one load."""
    others = f"select 1 from {raw_table(obj)} where _load_seq <> $seq limit 1"
    return con.execute(others, {"seq": but_for}).fetchone() is None
