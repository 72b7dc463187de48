"""Raw as it was known on a day, and then, cause by cause, as it is known now.

Raw is an append-only change log, so what was known is a filter on it: the rows that were loaded
before the publication and were of its as-of date or before. Each stage adds one cause.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Literal

import duckdb

from keiro.ingest.declarations import SourceObject
from keiro.ingest.labels import quote_identifier, quote_text
from keiro.ingest.schema import raw_table
from keiro.ingest.versions import key_columns

Stage = Literal["known", "late", "gone"]
STAGES: tuple[Stage, ...] = ("known", "late", "gone")
_ORDER = "_extracted_at desc nulls last, _load_seq desc, _row_number desc"


@dataclass(frozen=True)
class Reported:
    """The publication that is bridged from: when it was made and its as-of date."""

    known_at: datetime
    as_of: date


def write_stage(
    work: Path, scratch: Path, objects: Sequence[SourceObject], reported: Reported, stage: Stage
) -> int:
    """Write a database with the raw tables of a stage; how many rows are new in it.

    `known`: what the publication was made of. `late`: with the rows of keys that were not known
    then. `gone`: with the deletions that stand today, and with what says that records were
    merged. What is left to today's raw are new versions of rows that were known: corrections.
    """
    scratch.unlink(missing_ok=True)
    added = 0
    with duckdb.connect(str(scratch)) as con:
        con.execute("set timezone = 'UTC'")
        con.execute(f"attach {quote_text(str(work))} as work (read_only)")
        con.execute("create schema raw")
        for obj in objects:
            table = raw_table(obj)
            con.execute(
                f"create table {table} as select * exclude (_is_new) from ("
                f"select *, false as _is_new from work.{table} where {_was_known(reported)}"
                " union all by name "
                f"select *, true as _is_new from ({_added(obj, reported, stage)}))"
            )
            if stage != "known":
                row = con.execute(
                    f"select count(*) from ({_added(obj, reported, stage, own=True)})"
                ).fetchone()
                added += int(row[0]) if row else 0
        con.execute("detach work")
    return added


def _was_known(reported: Reported) -> str:
    moment, day = reported.known_at.isoformat(), reported.as_of.isoformat()
    return (
        f"_loaded_at <= timestamptz '{moment}+00:00' "
        f"and coalesce(_extracted_at, date '{day}') <= date '{day}'"
    )


def _added(obj: SourceObject, reported: Reported, stage: Stage, *, own: bool = False) -> str:
    """A query for the rows that a stage adds to what was known; `own`: not the one before it."""
    if stage == "known":
        return f"select * from work.{raw_table(obj)} where false"
    if stage == "late":
        return _late(obj, reported, "not")
    gone = [_late(obj, reported, ""), _vanished(obj, reported), _absorbed(obj, reported)]
    return _union(gone if own else [_late(obj, reported, "not"), *gone])


def _late(obj: SourceObject, reported: Reported, other_than: str) -> str:
    """Rows of keys that were not known: those that say of a merge, or the others."""
    table, keys = f"work.{raw_table(obj)}", ", ".join(key_columns(obj))
    rows = (
        f"select * from {table} where not ({_was_known(reported)}) and not _is_deleted"
        f" and {other_than} coalesce({obj.merge_rows or 'false'}, false)"
    )
    if not _has_key(obj):
        return rows
    known = f"select {keys} from {table} where {_was_known(reported)}"
    return f"select * from ({rows}) anti join ({known}) using ({keys})"


def _vanished(obj: SourceObject, reported: Reported) -> str:
    """Deletions since, that still stand."""
    if not _has_key(obj):
        return f"select * from work.{raw_table(obj)} where false"
    return f"select * from ({_newest(obj)}) where _is_deleted and not ({_was_known(reported)})"


def _absorbed(obj: SourceObject, reported: Reported) -> str:
    """Newest versions of rows that were known and name other merged records than then."""
    columns = [quote_identifier(column.name) for column in obj.columns if column.merges]
    if not columns or not _has_key(obj):
        return f"select * from work.{raw_table(obj)} where false"
    changed = " or ".join(f"now.{name} is distinct from known.{name}" for name in columns)
    same = " and ".join(f"now.{name} = known.{name}" for name in key_columns(obj))
    return (
        f"select now.* from ({_newest(obj)}) as now"
        f" inner join ({_newest(obj, _was_known(reported))}) as known on {same}"
        f" where not now._is_deleted and ({changed})"
        f" and not (now._load_seq = known._load_seq and now._row_number = known._row_number)"
    )


def _newest(obj: SourceObject, condition: str = "true") -> str:
    return (
        f"select * from work.{raw_table(obj)} where {condition} qualify row_number() over "
        f"(partition by {', '.join(key_columns(obj))} order by {_ORDER}) = 1"
    )


def _has_key(obj: SourceObject) -> bool:
    """Whether rows can be versions of one another: rows that are only added cannot."""
    return bool(obj.primary_key) or obj.mode != "append"


def _union(queries: list[str]) -> str:
    return " union all by name ".join(f"select * from ({query})" for query in queries)
