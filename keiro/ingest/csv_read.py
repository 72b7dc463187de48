"""Reads the rows of a CSV text into `keiro_incoming`.

Two ways: DuckDB's parallel reader in strict mode, for files that are one table and follow RFC
4180; and for the others (later headers, ragged rows, mixed line ends, text after a closing quote)
a look through the whole file and Arrow's reader, which hands over each row that does not fit. An
independent count of the records tells whether every row was seen.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import duckdb

from keiro.errors import KeiroError
from keiro.ingest.count import count_records
from keiro.ingest.csv_careful import read_carefully
from keiro.ingest.csv_clean import clean_text
from keiro.ingest.csv_head import CsvTable, find_table
from keiro.ingest.csv_layout import Layout, Segment
from keiro.ingest.csv_query import CellQuery, strict_query
from keiro.ingest.csv_records import Place, Record, RecordReader, split_cells
from keiro.ingest.csv_sections import SectionScan
from keiro.ingest.csv_tables import TableScan, ends_with_footer
from keiro.ingest.labels import quote_text
from keiro.ingest.skipped import (
    LINES_KEPT,
    REPEATED_HEADER,
    TOTALS,
    SkippedLine,
    skipped_line,
)
from keiro.ingest.stage import DOUBTFUL, FOOTER, NOT_THE_CONTENT, Reading, Staged, discard, stage

_BLOCK = 1 << 22
_BUFFER = 1 << 27


@dataclass(frozen=True)
class _Rows:
    """What either way found: records in the file, misfits by what they are, marks on staged rows.

    `no_rows` are the numbers of misfits that are blank or totals.
    """

    records: int
    faults: frozenset[str]
    ragged: int = 0
    no_rows: tuple[int, ...] = ()
    notes: tuple[str, ...] = ()


def read_csv(reading: Reading) -> Staged:
    """Stage the rows of a UTF-8 CSV file. Raises KeiroError where it cannot be read for certain."""
    path, notes = clean_text(reading.path, reading.scratch, is_plain=reading.is_plain)
    layout, rows = _read(reading, path)
    records = rows.records - len(rows.no_rows)
    nothing = () if records else ("the file has a header and no rows",)
    return Staged(
        format="csv",
        encoding=reading.encoding,
        records=records,
        ragged=rows.ragged,
        skipped=layout.skipped + len(rows.no_rows),
        notes=(*notes, *layout.notes, *rows.notes, *nothing),
        lines=(*layout.lines, *_lines_among_rows(reading, path, layout, rows)),
    )


def _read(reading: Reading, path: Path) -> tuple[Layout, _Rows]:
    """The file as one plain table if it is one; else what a look through the whole of it finds."""
    cut_above = -1
    if reading.obj.section is None and not ends_with_footer(reading, path):
        table = find_table(path, reading.obj, reading.where)
        whole = Segment(table, table.body_offset, path.stat().st_size, table.body_line + 1, 0)
        cut_above = len(table.preamble)
        layout = Layout((whole,), table.preamble, cut_above)
        rows = _read_plainly(reading, path, layout, is_part=False)
        if rows is not None:
            return layout, rows
        discard(reading)
    layout = _look_through(reading, path)
    if layout.skipped != cut_above:  # what is left may be a plain table
        rows = _read_plainly(reading, path, layout, is_part=True)
        if rows is not None:
            return layout, rows
        discard(reading)
    return layout, _read_carefully(reading, path, layout)


def _look_through(reading: Reading, path: Path) -> Layout:
    """The object's tables in the whole file.

    Raises KeiroError where there is none, where a later header lacks a required column, and where
    a quotation mark is not closed.
    """
    scan = TableScan if reading.obj.section is None else SectionScan
    return scan(reading, path).run()


def _read_plainly(reading: Reading, path: Path, layout: Layout, *, is_part: bool) -> _Rows | None:
    """One table by DuckDB's strict reader; None where it refuses the rows, or they raise doubt."""
    if len(layout.segments) != 1 or layout.aside:
        return None
    (segment,) = layout.segments
    offset, skip = segment.start, segment.line - 1
    if is_part:
        path, offset, skip = _cut_out(path, segment, reading.scratch), 0, 0
    # The count goes on beside the reader, which leaves Python alone.
    with ThreadPoolExecutor(1) as pool:
        counting = pool.submit(count_records, path, offset)
        rows = _read_strictly(reading, path, segment.table, skip)
        count = counting.result()
    if not count.paired or rows != count.records:
        return None
    faults = _faults(reading)
    if DOUBTFUL in faults:
        return None
    surplus = segment.table.surplus + segment.table.width - len(segment.table.fields.labels)
    more = "more" if surplus > 0 else "fewer"
    note = f"the first rows have {abs(surplus)} blank cell(s) {more} than the header"
    return _Rows(count.records, faults, notes=(note,) if surplus else ())


def _faults(reading: Reading) -> frozenset[str]:
    """The marks that staged rows have."""
    found = reading.con.execute(
        "select distinct _fault from temp.keiro_rows where _fault is not null"
    ).fetchall()
    return frozenset(str(fault) for (fault,) in found)


def _cut_out(path: Path, segment: Segment, scratch: Path) -> Path:
    """The rows of a segment in a file of their own."""
    target = scratch / "rows"
    left = segment.end - segment.start
    with path.open("rb") as source, target.open("wb") as rows:
        source.seek(segment.start)
        while left:
            block = source.read(min(left, _BLOCK))
            rows.write(block)
            left -= len(block)
    return target


def _read_strictly(reading: Reading, path: Path, table: CsvTable, skip: int) -> int | None:
    """Number of rows that DuckDB's strict reader staged; None where it refuses the file."""
    columns = ", ".join(f"'c{index}': 'VARCHAR'" for index in range(table.width))
    # Each buffer becomes a batch: one that is smaller than a row group of raw is copied once more.
    buffer = f" buffer_size = {_BUFFER}," if path.stat().st_size > 4 * _BUFFER else ""
    relation = (
        f"read_csv({quote_text(str(path))}, auto_detect = false, header = false,"
        f" skip = {skip}, delim = {quote_text(table.delimiter)}, quote = '\"',"
        f" escape = '\"', strict_mode = true, compression = 'none',{buffer}"
        f" columns = {{{columns}}})"
    )
    try:
        return stage(reading, strict_query(reading.obj, CellQuery(table, relation)))
    except NOT_THE_CONTENT:
        raise
    except duckdb.Error:
        return None


def _read_carefully(reading: Reading, path: Path, layout: Layout) -> _Rows:
    """Any layout, by Arrow's reader."""
    found = read_carefully(reading, path, layout)
    seen = found.rows + found.ragged + len(found.skipped)
    records = sum(segment.records for segment in layout.segments) + layout.aside
    if seen != records:
        records = layout.aside + sum(
            _count_by_parsing(reading, path, segment) for segment in layout.segments
        )
    if seen != records:
        raise KeiroError(
            f"the rows cannot be told apart: one reader finds {seen}, another {records}",
            where=reading.where,
            remedy="export the file again, with quotation marks doubled within cells and"
            " one kind of line end",
        )
    mended = f"{found.mended} row(s) with blank cells too many or too few at their end were mended"
    return _Rows(
        records=records,
        faults=_faults(reading),
        ragged=found.ragged,
        no_rows=found.skipped,
        notes=(mended,) if found.mended else (),
    )


def _count_by_parsing(reading: Reading, path: Path, segment: Segment) -> int:
    return sum(1 for _ in _records(reading, path, segment, parse_all=True))


def _records(
    reading: Reading, path: Path, segment: Segment, *, parse_all: bool = False
) -> Iterator[Record]:
    """The records of a segment that are not blank."""
    place = Place(segment.start, segment.line)
    delimiter = segment.table.delimiter
    for record in RecordReader(path, place, delimiter, reading.where, parse_all=parse_all):
        if record.start >= segment.end:
            return
        if not record.is_blank:
            yield record


def _lines_among_rows(
    reading: Reading, path: Path, layout: Layout, rows: _Rows
) -> list[SkippedLine]:
    """The text of totals and repeated headers, which are known by their row numbers so far."""
    kinds = dict.fromkeys(rows.no_rows[:LINES_KEPT], TOTALS)
    marked: list[tuple[int, str]] = []
    if rows.faults & {FOOTER, REPEATED_HEADER}:
        marked = reading.con.execute(
            "select _row_number, _fault from temp.keiro_rows where _fault in (?, ?) limit ?",
            [FOOTER, REPEATED_HEADER, LINES_KEPT],
        ).fetchall()
    kinds |= {number: TOTALS if fault == FOOTER else fault for number, fault in marked}
    if not kinds:
        return []
    lines: list[SkippedLine] = []
    last = max(kinds)
    for segment in layout.segments:
        for number, record in enumerate(_records(reading, path, segment), start=segment.base + 1):
            if number > last:
                return lines
            if number in kinds and any(split_cells(record.text, segment.table.delimiter)):
                lines.append(skipped_line(record.line, kinds[number], record.text))
    return lines
