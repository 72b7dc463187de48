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
    key = ", ".join(key_columns(obj))
    carried = "".join(
        f", arg_max_null({name}, {VERSION}) as {name}" for name in window_columns(obj)
    )
    found = scalar(
        con,
        f"""
        create or replace temp table keiro_latest as
        select {key}{carried},
            arg_max(if(_is_deleted, {TOMBSTONE_HASH}, _row_hash), {VERSION}) as known_hash
        from {raw_table(obj)} {"" if obj.restates else f"semi join temp.keiro_rows using ({key})"}
        where {_scope(obj, delivery)}
        group by {key}
        """,
        {"version": delivery.version},
    )
    return found > 0


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
