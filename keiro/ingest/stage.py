"""The view `keiro_rows`: the rows of one file, whatever its format, before they are judged.

It belongs to the loading connection and has the declared columns as text, `_extra`,
`_row_number` (from 1, in the file's order), `_row_hash` and `_fault` (null, a reason for
quarantine, or one of `SKIPPED` for a line that is no row of data).
"""

import json
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

RAGGED = "temp.keiro_ragged"
FOOTER, REPEATED_HEADER, BLANK = "footer", "repeated_header", "blank"
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
    rows = scalar(
        reading.con,
        "create or replace temp table keiro_incoming as"
        f" select *, {row_digest(_names(reading))} as _row_hash"
        f" from (select {_columns(reading, query)}{numbered} from {query.relation})",
    )
    number = "_position" if query.row_number is not None else "rowid + 1"
    reading.con.execute(
        f"create or replace temp view keiro_rows as select *, {number} as _row_number,"
        f" {quote_text(reading.where)} as _file_name,"
        f" {_date_literal(reading.extracted_at)} as _extracted_at from temp.keiro_incoming"
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

    Until it is known what they are, faulty rows have no `_is_deleted`, and their fault stands as
    their content's hash. A window would number the rows in one thread only, so that the numbers
    come from the row ids, which follow the file.
    """
    con, table = reading.con, raw_table(reading.obj)
    names = _names(reading)
    quoted = ", ".join(quote_identifier(name) for name in names)
    direct.begin()
    rows = scalar(
        con,
        f"""
        insert into {table} ({quoted}, {", ".join(LINEAGE)})
        select {quoted}, _extra, $file_name, coalesce(_fault, $content_hash), null, $day::date,
            {row_digest(names)}, $load_seq, $loaded_at, if(_fault is null, false, null)
        from (select {_columns(reading, query)} from {query.relation})
        """,
        direct.delivery.parameters,
    )
    own = f"_load_seq = {direct.delivery.load_seq}"
    first = scalar(con, f"select coalesce(min(rowid), 0) from {table} where {own}")
    con.execute(f"update {table} set _row_number = rowid - {first} + 1 where {own}")
    con.execute(
        f"create or replace temp view keiro_rows as select {quoted}, _extra, _row_hash,"
        " _row_number, if(_is_deleted is null, _content_hash, null) as _fault, _file_name,"
        f" _extracted_at from {table} where {own}"
    )
    return rows


def _date_literal(day: date | None) -> str:
    return f"date '{day.isoformat()}'" if day else "null::date"


def json_object(entries: list[tuple[str, str]]) -> str:
    """SQL for the text of a JSON object, from labels and expressions of JSON text.

    Entries whose expression is null are left out; null where nothing is left.
    """
    if not entries:
        return "null::varchar"
    parts = [f"{quote_text(_json_key(label))} || ({expression})" for label, expression in entries]
    return f"'{{' || nullif(concat_ws(',', {', '.join(parts)}), '') || '}}'"


def _json_key(label: str) -> str:
    return json.dumps(label, ensure_ascii=False) + ":"


def scalar(con: duckdb.DuckDBPyConnection, sql: str, parameters: object = None) -> int:
    """The single integer that a query returns: a count, or the rows that it wrote."""
    row = con.execute(sql, parameters).fetchone()
    return int(row[0]) if row else 0
