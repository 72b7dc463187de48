"""The versions in raw that a file is compared with: the newest of each key before its load."""

from collections.abc import Collection

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

    Where files only add rows, those of the staged keys are enough; where each file is one window,
    those of the staged one.
    """
    if is_empty(con, obj, but_for=delivery.load_seq):
        return False
    window = _only_window(con, obj) if is_one_window(obj) else {}
    found = scalar(
        con,
        f"create or replace temp table keiro_latest as {_latest(con, obj, delivery, window)}",
        {"version": delivery.version, **window},
    )
    return found > 0


def _latest(
    con: duckdb.DuckDBPyConnection,
    obj: SourceObject,
    delivery: Delivery,
    window: Collection[str],
) -> str:
    """SQL of the newest version of each key in scope, and within a window where one is named.

    Where one load brought most rows, as the first snapshot did, only keys that have rows of other
    loads too are grouped: a load has one row of a key at most, so that the rest is newest already.
    """
    table, key = raw_table(obj), ", ".join(key_columns(obj))
    within = [f"{quote_identifier(name)} = ${name}" for name in window]
    scope = " and ".join([_scope(obj, delivery), *within])
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
    # Within one window there is little to group, and the whole table need not be looked at.
    bulk = None if window else _bulk(con, table)
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


def is_one_window(obj: SourceObject) -> bool:
    """Whether a file's name says its window and a row's key does: others need not be looked at.

    Without this each of the daily files of a year would be compared with all days before it.
    """
    from_name = {column.name for column in obj.columns if column.from_file_name is not None}
    in_key = not obj.primary_key or set(obj.window) <= set(obj.primary_key)
    return bool(obj.window) and set(obj.window) <= from_name and in_key


def _only_window(con: duckdb.DuckDBPyConnection, obj: SourceObject) -> dict[str, object]:
    """The window of all staged rows by column; nothing where they have none or several.

    A file may have the columns after all; what it says counts then, and not its name.
    """
    columns = ", ".join(quote_identifier(name) for name in obj.window)
    windows = con.execute(f"select distinct {columns} from temp.keiro_rows limit 2").fetchall()
    if len(windows) != 1 or None in windows[0]:
        return {}
    return dict(zip(obj.window, windows[0], strict=True))


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
