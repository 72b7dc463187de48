"""Which bytes of a CSV text are rows of which header, and what else is in the file."""

import json
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from keiro.ingest.csv_head import CsvTable
from keiro.ingest.csv_records import Record
from keiro.ingest.skipped import LINES_KEPT, REPEATED_HEADER, SkippedLine, skipped_line

# Lines above a header in which `from_preamble` looks for its value.
_PREAMBLE_SEARCHED = 200
# The last records of a segment, of which some may turn out to lie above the next header.
_RECORDS_KEPT = 40
# Rows put aside that are written to disk together.
_ROWS_UNWRITTEN = 1000


@dataclass(frozen=True)
class Segment:
    """Rows of one header: the bytes from `start` to `end`, `records` that are not blank.

    `line` is the number of its first line, `base` counts the records of the object before it,
    headers in between included.
    """

    table: CsvTable
    start: int
    end: int
    line: int
    records: int
    base: int = 0


@dataclass(frozen=True)
class Layout:
    """The tables of a file that belong to the object, and what else there is.

    `aside` rows lie beyond a table's end and are in the file `spool` (row_number, raw_row).
    `skipped` counts the lines that are no rows, of which `lines` keeps the first.
    """

    segments: tuple[Segment, ...]
    lines: tuple[SkippedLine, ...]
    skipped: int
    spool: Path | None = None
    aside: int = 0
    notes: tuple[str, ...] = ()


@dataclass
class Draft:
    """A layout in the making; at most one segment is open, and grows record by record."""

    spool: Path
    segments: list[Segment] = field(default_factory=list)
    lines: list[SkippedLine] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    skipped: int = 0
    aside: int = 0
    table: CsvTable | None = None
    records: int = 0
    recent: deque[Record] = field(default_factory=lambda: deque(maxlen=_RECORDS_KEPT))
    _unwritten: list[str] = field(default_factory=list)
    _start: int = 0
    _end: int = 0
    _line: int = 0
    _base: int = 0
    _above: deque[str] = field(default_factory=lambda: deque(maxlen=_PREAMBLE_SEARCHED))

    def begin(self, table: CsvTable, start: int, line: int, header: Record | None = None) -> None:
        """Open a segment at a byte; a later header is kept as a skipped line and counted."""
        if self.segments or self.table is not None:
            self.close()
            self._base += 1
            if header is not None:
                self.skip(header, REPEATED_HEADER)
        self.table, self.records = table, 0
        self._start = self._end = start
        self._line = line

    def count(self, record: Record) -> None:
        """Take a record into the open segment."""
        self.records += 1
        self.recent.append(record)
        self._end = record.end

    def close(self, before: Sequence[Record] = ()) -> None:
        """End the open segment, if there is one: now, or before its last records."""
        if self.table is None:
            return
        end = before[0].start if before else self._end
        records = self.records - len(before)
        self.segments.append(Segment(self.table, self._start, end, self._line, records, self._base))
        self._base += records
        self.table = None
        self.recent.clear()

    def skip(self, record: Record, kind: str) -> None:
        """Keep a line that is no row."""
        self.skipped += 1
        self._above.append(record.text.rstrip("\r\n"))
        if len(self.lines) < LINES_KEPT:
            self.lines.append(skipped_line(record.line, kind, record.text))

    def unskip(self, count: int) -> None:
        """Take back the last lines that were skipped: they turned out to be a header."""
        self.skipped -= count
        for _ in range(count):
            self._above.pop()
        del self.lines[len(self.lines) - count :]

    def put_aside(self, cells: list[str]) -> None:
        """Keep a row that lies beyond the end of its table, for the quarantine."""
        self.aside += 1
        self._base += 1
        raw = json.dumps(cells, ensure_ascii=False)
        self._unwritten.append(json.dumps({"row_number": self._base, "raw_row": raw}) + "\n")
        if len(self._unwritten) >= _ROWS_UNWRITTEN:
            self._write()

    def _write(self) -> None:
        if self._unwritten:
            with self.spool.open("a", encoding="utf-8") as spool:
                spool.writelines(self._unwritten)
            self._unwritten.clear()

    @property
    def preamble(self) -> list[str]:
        """The last lines that were skipped, the nearest one last."""
        return list(self._above)

    def finish(self) -> Layout:
        """The layout, once the file is at its end."""
        self.close()
        self._write()
        return Layout(
            tuple(self.segments),
            tuple(self.lines),
            self.skipped,
            self.spool,
            self.aside,
            tuple(self.notes),
        )
