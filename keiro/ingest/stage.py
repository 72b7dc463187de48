"""The view `keiro_rows`: the rows of one file, whatever its format, before they are judged.

It belongs to the loading connection and has the declared columns as text, `_extra`,
`_row_number` (from 1, in the file's order), `_row_hash` and `_fault` (null, a reason for
quarantine, or one of `SKIPPED` for a line that is no row of data).
"""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb

from keiro.ingest.declarations import SourceObject
from keiro.ingest.delivery import DirectLoad
from keiro.ingest.digest import row_digest
from keiro.ingest.labels import quote_identifier, quote_text
from keiro.ingest.schema import LINEAGE, raw_table
from keiro.ingest.skipped import SkippedLine
from keiro.ingest.sql import scalar

RAGGED = "temp.keiro_ragged"
FOOTER, REPEATED_HEADER, BLANK = "footer", "repeated_header", "blank"
NOT_AN_OBJECT, REPEATED_FIELD = "not_an_object", "repeated_field"
# A reason to look through the file for what it holds; no row keeps it.
DOUBTFUL = "doubtful"
_FAULTS = (FOOTER, REPEATED_HEADER, BLANK, NOT_AN_OBJECT, REPEATED_FIELD, DOUBTFUL)
# Errors of DuckDB that say nothing about the file: they end the run, or are tried again.
NOT_THE_CONTENT = (duckdb.IOException, duckdb.OutOfMemoryException, duckdb.FatalException)
SKIPPED = (FOOTER, REPEATED_HEADER, BLANK)


@dataclass(frozen=True)
class Staged:
    """What a reader put into `keiro_rows`, and the rows of no use that it put aside.

    `records` is what the file holds by a count of its own; `ragged` rows are in
    `keiro_ragged` (row_number, raw_row); `skipped` counts preamble and footers, and `lines` has
    the text of lines that are no rows.
    """

    format: str
    encoding: str
    records: int
    ragged: int = 0
    skipped: int = 0
    notes: tuple[str, ...] = ()
    lines: tuple[SkippedLine, ...] = ()


@dataclass(frozen=True)
class Reading:
    """One file to be read: UTF-8 text or binary at `path`, called `where` in messages."""

    con: duckdb.DuckDBPyConnection
    obj: SourceObject
    path: Path
    encoding: str
    scratch: Path
    where: str
    extracted_at: date | None = None
    direct: DirectLoad | None = None
    # The text is known to be ASCII without NULs.
    is_plain: bool = False


@dataclass(frozen=True)
class StageQuery:
    """SQL of what to stage: a relation and, over it, one text expression per declared column."""

    relation: str
    columns: dict[str, str]
    extra: str = "null::varchar"
    fault: str = "null::varchar"
    # None: the relation keeps the file's order, so that the row id of the staged table is it.
    row_number: str | None = None


def stage(reading: Reading, query: StageQuery) -> int:
    """Write the rows of the query and define `keiro_rows`; the number of rows.

    They go into a temporary table, or straight into raw where the load allows it and the
    relation keeps the file's order.
    """
    if reading.direct is not None and query.row_number is None:
        return _stage_into_raw(reading, query, reading.direct)
    numbered = f", {query.row_number} as _position" if query.row_number is not None else ""
    incoming = (
        f"select *, {row_digest(_names(reading))} as _row_hash"
        f" from (select {_columns(reading, query)}{numbered} from {query.relation})"
    )
    rows = scalar(reading.con, f"create or replace temp table keiro_incoming as {incoming}")
    number = "_position" if query.row_number is not None else "rowid + 1"
    reading.con.execute(
        f"create or replace temp view keiro_rows as select *, {number} as _row_number,"
        f" {_file_columns(reading)} from temp.keiro_incoming"
    )
    return rows


def discard(reading: Reading) -> None:
    """Forget the rows that were staged last; the file is to be read in another way."""
    if reading.direct is not None:
        reading.direct.undo()


def _names(reading: Reading) -> list[str]:
    return [column.name for column in reading.obj.columns]


def _columns(reading: Reading, query: StageQuery) -> str:
    declared = [
        f"{query.columns.get(name, 'null::varchar')} as {quote_identifier(name)}"
        for name in _names(reading)
    ]
    return f"{', '.join(declared)}, {query.extra} as _extra, {query.fault} as _fault"


def _stage_into_raw(reading: Reading, query: StageQuery, direct: DirectLoad) -> int:
    """The rows in raw, in a transaction that stays open.

    Until it is known what they are, the number of a fault stands as a row's digest: so the other
    columns that loading adds are the same in all rows, which costs next to nothing. A window would
    number the rows in one thread only, so that the numbers come from the row ids, which follow the
    file.
    """
    con, table = reading.con, raw_table(reading.obj)
    names = _names(reading)
    quoted = ", ".join(quote_identifier(name) for name in names)
    faults = f"[{', '.join(map(quote_text, _FAULTS))}]"
    direct.begin()
    rows = scalar(
        con,
        f"""
        insert into {table} ({quoted}, {", ".join(LINEAGE)})
        select {quoted}, _extra, $file_name, $content_hash, null, $day::date,
            if(_fault is null, digest, list_position({faults}, _fault)::uhugeint), $load_seq,
            $loaded_at, false
        from (
            select *, {row_digest(names)} as digest
            from (select {_columns(reading, query)} from {query.relation})
        )
        """,
        direct.delivery.parameters,
    )
    own = f"_load_seq = {direct.delivery.load_seq}"
    first = scalar(con, f"select coalesce(min(rowid), 0) from {table} where {own}")
    con.execute(f"update {table} set _row_number = rowid - {first} + 1 where {own}")
    con.execute(
        f"create or replace temp view keiro_rows as select {quoted}, _extra, _row_hash,"
        f" _row_number, if(_row_hash <= {len(_FAULTS)}, {faults}[_row_hash::integer], null)"
        f" as _fault, _file_name, _extracted_at from {table} where {own}"
    )
    return rows


def _file_columns(reading: Reading) -> str:
    day = f"date '{reading.extracted_at}'" if reading.extracted_at else "null::date"
    return f"{quote_text(reading.where)} as _file_name, {day} as _extracted_at"
