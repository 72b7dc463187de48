"""The table `keiro_incoming`: the rows of one file, whatever its format, before they are judged.

A temporary table of the loading connection with the declared columns as text, `_extra`,
`_row_number` (from 1, in the file's order), `_row_hash` and `_fault` (null, a reason for
quarantine, or one of `SKIPPED` for a line that is no row of data).
"""

import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb

from keiro.ingest.declarations import SourceObject
from keiro.ingest.labels import quote_identifier, quote_text
from keiro.ingest.skipped import SkippedLine

INCOMING = "temp.keiro_incoming"
RAGGED = "temp.keiro_ragged"
FOOTER, REPEATED_HEADER, BLANK = "footer", "repeated_header", "blank"
# Errors of DuckDB that say nothing about the file: they end the run, or are tried again.
NOT_THE_CONTENT = (duckdb.IOException, duckdb.OutOfMemoryException, duckdb.FatalException)
SKIPPED = (FOOTER, REPEATED_HEADER, BLANK)


@dataclass(frozen=True)
class Staged:
    """What a reader put into `keiro_incoming`, and the rows of no use that it put aside.

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
    """Create `keiro_incoming` from the query; the number of its rows."""
    con = reading.con
    names = [column.name for column in reading.obj.columns]
    columns = [
        f"{query.columns.get(name, 'null::varchar')} as {quote_identifier(name)}" for name in names
    ]
    if query.row_number is not None:
        columns.append(f"{query.row_number} as _position")
    rows = scalar(
        con,
        f"create or replace temp table keiro_incoming as"
        f" select *, {row_hash(names)} as _row_hash"
        f" from (select {', '.join(columns)}, {query.extra} as _extra, {query.fault} as _fault"
        f" from {query.relation})",
    )
    number = "_position" if query.row_number is not None else "rowid + 1"
    con.execute(
        f"create or replace temp view keiro_rows as select *, {number} as _row_number,"
        f" {quote_text(reading.where)} as _file_name,"
        f" {_date_literal(reading.extracted_at)} as _extracted_at from {INCOMING}"
    )
    return rows


def _date_literal(day: date | None) -> str:
    return f"date '{day.isoformat()}'" if day else "null::date"


def row_hash(names: list[str]) -> str:
    """A 128-bit digest of a row's content, as an SQL expression over its columns and `_extra`.

    Each value that is not null enters as `name=<length>:<value>`, in the order of the names: so
    null differs from empty, no value can be read as another's, and neither the order of the
    declaration nor a newly declared column that the file lacks changes the digest.
    """
    parts = [
        f"{quote_text(name + '=')} || strlen({quote_identifier(name)}) || ':' ||"
        f" {quote_identifier(name)}"
        for name in sorted([*names, "_extra"])
    ]
    return f"md5_number(concat_ws(';', {', '.join(parts)}))"


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
