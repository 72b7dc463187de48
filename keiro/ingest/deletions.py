"""What a snapshot or a restated window no longer has: tombstones, and the guard before them.

A tombstone is a row of raw that ends its key from the file's date on: it has the key and the
window's columns, `_is_deleted` and `_row_number` 0, and nothing else.
"""

import shlex
from dataclasses import dataclass

import duckdb

from keiro.errors import KeiroError
from keiro.ingest.declarations import FILE_KEYS, SourceObject
from keiro.ingest.delivery import Delivery
from keiro.ingest.labels import quote_identifier, quote_text
from keiro.ingest.schema import LINEAGE, raw_table
from keiro.ingest.sql import scalar
from keiro.ingest.stage import SKIPPED
from keiro.ingest.versions import LATEST, TOMBSTONE_HASH, key_columns, window_columns

# The keys of the other parts of a file's snapshot.
SIBLINGS = "temp.keiro_siblings"
# So few keys may vanish from the smallest of objects without anybody being asked.
_NEVER_SUSPICIOUS = 10


@dataclass(frozen=True)
class Siblings:
    """The other parts of a file's snapshot: their keys are in `SIBLINGS`, `note` says who lacks."""

    note: str | None = None

    @property
    def are_complete(self) -> bool:
        """Whether every part that was ever loaded could be read."""
        return self.note is None


@dataclass(frozen=True)
class Vanished:
    """How many of the `live` rows of a file's scope the file no longer has."""

    rows: int
    live: int


class HeldBackError(KeiroError):
    """A file that lost so much that it may be an export cut short; nothing of it was stored."""


def find_vanished(
    con: duckdb.DuckDBPyConnection, obj: SourceObject, ragged: int, *, with_siblings: bool = False
) -> Vanished:
    """Fill `keiro_vanished` with the live rows of the file's scope that the staged rows lack.

    The scope is all that `LATEST` has, or the windows in it that the file contains.
    """
    keys = key_columns(obj)
    key = ", ".join(keys)
    columns = ", ".join([*keys, *window_columns(obj)])
    windows = ", ".join(quote_identifier(name) for name in obj.window)
    con.execute(
        f"""
        create or replace temp table keiro_vanished as
        with
        present as (
            select {columns} from temp.keiro_rows
            where coalesce(_fault, '') not in ({", ".join(map(quote_text, SKIPPED))})
            {f"union all select * from {SIBLINGS}" if with_siblings else ""}
        ),
        live as (
            select {columns}
            from {LATEST}{f" semi join present using ({windows})" if windows else ""}
            where known_hash <> {TOMBSTONE_HASH}
        ){_ragged_keys(obj) if ragged else ""}
        select *, (select count(*) from live) as _live
        from live anti join present using ({key})
        {f"anti join ragged using ({key})" if ragged and obj.primary_key else ""}
        """
    )
    row = con.execute("select count(*), any_value(_live) from temp.keiro_vanished").fetchone()
    vanished, live = row or (0, 0)
    return Vanished(int(vanished), int(live or 0))


def _ragged_keys(obj: SourceObject) -> str:
    """A CTE of the keys whose values stand in the cells of one ragged row: they are not gone."""
    names = [quote_identifier(n) for n in obj.primary_key if n not in FILE_KEYS]
    if not names:
        return ""
    joins = " ".join(
        f"join cells c{n} on c{n}.cell = live.{name}"
        + (f" and c{n}.row_number = c0.row_number" if n else "")
        for n, name in enumerate(names)
    )
    return f""",
        cells as (
            select distinct row_number, unnest(from_json(raw_row, '["VARCHAR"]')) as cell
            from temp.keiro_ragged
        ),
        ragged as (select live.* from live {joins})"""


def hold_back(obj: SourceObject, vanished: Vanished, file_name: str) -> None:
    """Raise HeldBackError where so much vanished that the export may be cut short."""
    if vanished.rows < _NEVER_SUSPICIOUS or vanished.rows <= obj.max_lost_share * vanished.live:
        return
    whole = "table" if obj.mode == "snapshot" else "windows that it restates"
    raise HeldBackError(
        f"held back: it lacks {vanished.rows} of the {vanished.live} rows that the {whole} had"
        f" ({vanished.rows / vanished.live:.0%}, more than {obj.max_lost_share:.0%})",
        where=file_name,
        remedy=f"if they are truly gone, `keiro accept {shlex.quote(file_name)}`; if not, export"
        " the file again",
    )


def store_tombstones(con: duckdb.DuckDBPyConnection, obj: SourceObject, delivery: Delivery) -> int:
    """Write the rows of `keiro_vanished` as tombstones; their number."""
    own = [quote_identifier(n) for n in (*obj.primary_key, *obj.window) if n not in FILE_KEYS]
    columns = list(dict.fromkeys(own))
    digest = TOMBSTONE_HASH if obj.primary_key else "_row_hash"
    target = ", ".join([*columns, *LINEAGE])
    return scalar(
        con,
        f"""
        insert into {raw_table(obj)} ({target})
        select {"".join(f"{name}, " for name in columns)}null, $file_name, $content_hash, 0,
            $day::date, {digest}, $load_seq, $loaded_at, true
        from temp.keiro_vanished
        """,
        delivery.parameters,
    )
