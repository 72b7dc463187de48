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
from keiro.ingest.labels import quote_text
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
    then. `gone`: with the deletions that stand today, merged records among them. What is left to
    today's raw are new versions of rows that were known: corrections.
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
    table, keys = f"work.{raw_table(obj)}", ", ".join(key_columns(obj))
    nothing = f"select * from {table} where false"
    if stage == "known":
        return nothing
    unknown = f"select * from {table} where not ({_was_known(reported)}) and not _is_deleted"
    if obj.primary_key or obj.mode != "append":
        unknown = (
            f"select * from ({unknown}) anti join "
            f"(select {keys} from {table} where {_was_known(reported)}) using ({keys})"
        )
    if stage == "late":
        return unknown
    deletions = (
        f"select * from (select * from {table} qualify row_number() over "
        f"(partition by {keys} order by {_ORDER}) = 1) "
        f"where _is_deleted and not ({_was_known(reported)})"
    )
    if not (obj.primary_key or obj.mode != "append"):
        deletions = nothing
    return deletions if own else f"{unknown} union all by name {deletions}"
