"""Reads tables whose rows do not all fit: Arrow's reader hands over each row that does not."""

import io
import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TextIO

import duckdb

from keiro.errors import KeiroError
from keiro.ingest.csv_layout import Layout, Segment
from keiro.ingest.csv_lines import LineLooks
from keiro.ingest.csv_query import CellQuery, careful_query
from keiro.ingest.csv_records import LONGEST_RECORD, split_cells
from keiro.ingest.labels import quote_text
from keiro.ingest.stage import NOT_THE_CONTENT, Reading, stage


@dataclass
class Misfits:
    """Rows of a segment that have not as many cells as the others, by what became of them."""

    places: list[int] = field(default_factory=list)
    ragged: int = 0
    mended: int = 0
    skipped: list[int] = field(default_factory=list)


@dataclass(frozen=True)
class Carefully:
    """What the careful way staged and put aside; `skipped` are numbers of records, from 1."""

    rows: int
    ragged: int
    mended: int
    skipped: tuple[int, ...]


def read_carefully(reading: Reading, path: Path, layout: Layout) -> Carefully:
    """Stage the rows of all segments; the ragged ones go to `keiro_ragged`.

    Raises KeiroError where a segment cannot be read as CSV.
    """
    con = reading.con
    con.execute("create or replace temp table keiro_ragged (row_number bigint, raw_row varchar)")
    if layout.aside and layout.spool is not None:
        con.execute(
            "insert into temp.keiro_ragged"
            f" from {_json(layout.spool, row_number='BIGINT', raw_row='VARCHAR')}"
        )
    looks = LineLooks(reading.obj, reading.where)
    parts, found = [], []
    for index, found_segment in enumerate(layout.segments):
        segment = _whole_width(found_segment)
        misfits = _read_segment(reading, path, segment, index, looks)
        parts.append(_part(con, segment, index, misfits))
        found.append((segment.base, misfits))
    rows = stage(reading, careful_query(reading.obj, parts))
    for index in range(len(parts)):
        con.execute(f"drop table temp.keiro_parsed_{index}")
    return Carefully(
        rows=rows,
        ragged=sum(misfits.ragged for _, misfits in found) + layout.aside,
        mended=sum(misfits.mended for _, misfits in found),
        skipped=tuple(base + number for base, misfits in found for number in misfits.skipped),
    )


def _whole_width(segment: Segment) -> Segment:
    """With a cell for each label, blank ones included: some row may have something there."""
    table = segment.table
    return replace(segment, table=replace(table, width=len(table.fields.labels)))


def _read_segment(
    reading: Reading, path: Path, segment: Segment, index: int, looks: LineLooks
) -> Misfits:
    """Fill `keiro_parsed_<index>`; the ragged rows go to `keiro_ragged`, mended ones to a table."""
    con, table = reading.con, segment.table
    misfits = Misfits()
    ragged_file, mended_file = (reading.scratch / name for name in ("ragged.rows", "mended.rows"))
    with (
        ragged_file.open("w", encoding="utf-8") as ragged,
        mended_file.open("w", encoding="utf-8") as mended,
    ):

        def sort_out(row: Any) -> str:
            misfits.places.append(row.number)
            cells = split_cells(row.text, table.delimiter)
            fitting = table.fit(cells)
            if looks.is_no_row(cells):
                misfits.skipped.append(row.number)
            elif fitting is not None:
                misfits.mended += 1
                _write(mended, {"place": row.number, "cells": fitting})
            else:
                misfits.ragged += 1
                raw = json.dumps(cells, ensure_ascii=False)
                _write(ragged, {"row_number": segment.base + row.number, "raw_row": raw})
            return "skip"

        _parse_with_arrow(reading, path, segment, index, sort_out)
    if misfits.ragged:
        con.execute(
            "insert into temp.keiro_ragged"
            f" from {_json(ragged_file, row_number='BIGINT', raw_row='VARCHAR')}"
        )
    if misfits.mended:
        con.execute(
            f"create or replace temp table keiro_mended_{index} as"
            f" from {_json(mended_file, place='BIGINT', cells='VARCHAR[]')}"
        )
    return misfits


def _parse_with_arrow(
    reading: Reading,
    path: Path,
    segment: Segment,
    index: int,
    sort_out: Callable[[Any], str],
) -> None:
    """Fill `keiro_parsed_<index>` with the rows that fit, in their order; hand over the others."""
    import pyarrow as pa
    import pyarrow.csv as arrow_csv

    con = reading.con
    names = [f"c{position}" for position in range(segment.table.width)]
    if not segment.records:  # Arrow refuses an empty text
        columns = ", ".join(f"{name} varchar" for name in names)
        con.execute(f"create or replace temp table keiro_parsed_{index} ({columns})")
        return
    cells = ", ".join(f"nullif({name}, '') as {name}" for name in names)
    with path.open("rb") as stream:
        try:
            reader = arrow_csv.open_csv(
                _Slice(stream, segment.start, segment.end),
                read_options=arrow_csv.ReadOptions(
                    column_names=names, use_threads=False, block_size=LONGEST_RECORD
                ),
                parse_options=arrow_csv.ParseOptions(
                    delimiter=segment.table.delimiter,
                    newlines_in_values=True,
                    invalid_row_handler=sort_out,
                ),
                convert_options=arrow_csv.ConvertOptions(
                    column_types={name: pa.string() for name in names},
                    strings_can_be_null=False,
                ),
            )
            con.register("keiro_arrow", reader)
            con.execute(
                f"create or replace temp table keiro_parsed_{index} as"
                f" select {cells} from keiro_arrow"
            )
        except NOT_THE_CONTENT:
            raise
        except (pa.ArrowInvalid, duckdb.Error) as error:
            # The reader's own text may quote a person's row: it is not passed on.
            raise KeiroError(
                f"the rows cannot be read as CSV with the delimiter {segment.table.delimiter!r}",
                where=reading.where,
                remedy="export the file again; check it for a quotation mark that is not closed",
            ) from error
        finally:
            con.unregister("keiro_arrow")


def _part(
    con: duckdb.DuckDBPyConnection, segment: Segment, index: int, misfits: Misfits
) -> CellQuery:
    """The rows of a segment with their place among the records of the object."""
    base = segment.base
    names = [f"c{position}" for position in range(segment.table.width)]
    cells = ", ".join(names)
    if not misfits.places:
        return CellQuery(segment.table, f"temp.keiro_parsed_{index}", f"rowid + 1 + {base}")
    # A misfit on place p, the k-th of its kind, comes before the good rows from p - k + 1 on: each
    # good row moves down by the number of misfits before it.
    con.execute(
        f"create or replace temp table keiro_shifts_{index} as"
        " select place - shift + 1 as first_row, max(shift) as shift from (select place,"
        " row_number() over (order by place) as shift from unnest($places::bigint[]) t(place))"
        " group by first_row",
        {"places": misfits.places},
    )
    relation = (
        f"select {cells}, p.rowid + 1 + coalesce(s.shift, 0) + {base} as place"
        f" from temp.keiro_parsed_{index} p asof left join temp.keiro_shifts_{index} s"
        " on p.rowid + 1 >= s.first_row"
    )
    if misfits.mended:
        listed = ", ".join(f"nullif(cells[{n}], '')" for n in range(1, len(names) + 1))
        relation += f" union all select {listed}, place + {base} from temp.keiro_mended_{index}"
    return CellQuery(segment.table, f"({relation})", "place")


class _Slice(io.RawIOBase):
    """A part of a file as a stream of its own."""

    def __init__(self, stream: io.BufferedReader, start: int, end: int) -> None:
        super().__init__()
        self._stream = stream
        self._left = end - start
        stream.seek(start)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        block = self._stream.read(min(len(buffer), self._left))
        buffer[: len(block)] = block
        self._left -= len(block)
        return len(block)


def _write(stream: TextIO, row: dict[str, Any]) -> None:
    stream.write(json.dumps(row, ensure_ascii=False) + "\n")


def _json(path: Path, **columns: str) -> str:
    kinds = ", ".join(f"{name}: '{kind}'" for name, kind in columns.items())
    return (
        f"read_json({quote_text(str(path))}, format = 'newline_delimited', columns = {{{kinds}}},"
        f" maximum_object_size = {LONGEST_RECORD * 6})"
    )
