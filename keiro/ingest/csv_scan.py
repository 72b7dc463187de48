"""Looks through a whole CSV text for its tables: sections, later headers, footers, what follows.

Needed where the declaration speaks of sections or footers, and where a file turns out not to be
one table from its header to its end.
"""

import itertools
from collections.abc import Sequence
from pathlib import Path

from keiro.errors import KeiroError
from keiro.ingest.csv_head import (
    DELIMITERS,
    HEADER_LINES,
    CsvTable,
    count_matches,
    find_table,
    is_header,
    join_labels,
    no_header,
)
from keiro.ingest.csv_layout import Draft, Layout
from keiro.ingest.csv_lines import LineLooks
from keiro.ingest.csv_records import Place, Record, RecordReader, split_cells
from keiro.ingest.skipped import FOOTER, OTHER_TABLE, PREAMBLE, TOTALS
from keiro.ingest.stage import Reading
from keiro.ingest.table import map_fields

# Lines between a blank line and a footer's first match that may still be of the footer.
_FOOTER_LEAD = 50
_BOM = b"\xef\xbb\xbf"


def scan_layout(reading: Reading, path: Path) -> Layout:
    """The tables of the object in a UTF-8 file.

    Raises KeiroError where there is none, where a later header lacks a required column, and where
    a quotation mark is not closed.
    """
    scan = _SectionScan if reading.obj.section is not None else _TableScan
    return scan(reading, path).run()


class _Scan:
    """What both ways of looking through a file share."""

    def __init__(self, reading: Reading, path: Path) -> None:
        self.obj = reading.obj
        self.where = reading.where
        self.path = path
        self.looks = LineLooks(reading.obj, reading.where)
        spool = reading.scratch / "aside.ndjson"
        spool.unlink(missing_ok=True)  # of another sheet of the same workbook
        self.draft = Draft(spool)
        self.delimiter = reading.obj.delimiter or ","
        # The last records of the open segment, while it is open whether they are rows of it.
        self.doubtful: list[Record] = []
        self.after_gap = False

    def table_of(
        self, delimiter: str, header: Sequence[Sequence[str]], labels: Sequence[str], record: Record
    ) -> CsvTable:
        """The table whose header ends with the record."""
        fields = map_fields(
            labels, self.obj, self.where, preamble=self.draft.preamble, line=record.line
        )
        rows = tuple(tuple(row) for row in header)
        self.looks.learn(labels)
        return CsvTable(fields, delimiter, rows, len(labels), record.end, record.line)

    def fits(self, record: Record) -> bool:
        """Whether the record is a row of the open segment's table by the number of its cells."""
        table = self.draft.table
        if table is None:
            return False
        cells = split_cells(record.text, table.delimiter)
        return table.fit(cells) is not None or self.looks.is_no_row(cells)

    def doubt(self, record: Record) -> None:
        """Remember a record that may be the first or a further one after the table's end."""
        self.doubtful.append(record)
        self.draft.count(record)

    def keep(self, record: Record) -> None:
        """Take a record, and those that were doubtful before it, for rows."""
        self.doubtful.clear()
        self.draft.count(record)

    def end_at_doubt(self) -> list[Record]:
        """End the open segment before the doubtful records, which are given back."""
        doubtful = list(self.doubtful)
        self.draft.close(doubtful)
        self.doubtful.clear()
        return doubtful


class _TableScan(_Scan):
    """A file whose first header is in its first lines."""

    def run(self) -> Layout:
        table = find_table(self.path, self.obj, self.where)
        self.looks.learn(table.fields.labels)
        self.draft.lines += table.preamble
        self.draft.skipped = len(table.preamble)
        self.draft.begin(table, table.body_offset, table.body_line + 1)
        self.footer_line: int | None = None
        place = Place(table.body_offset, table.body_line + 1)
        self.reader = RecordReader(self.path, place, table.delimiter, self.where)
        for record in self.reader:
            if record.is_blank:
                self.after_gap = True
                continue
            self._look_at(record)
            self.after_gap = False
        return self.draft.finish()

    def _look_at(self, record: Record) -> None:
        later = self.looks.later_header(record, self.reader.delimiter)
        if later is not None:
            self._begin_again(record, *later)
        elif self.looks.is_footer(record, self.reader.delimiter):
            for line in (*self.end_at_doubt(), record):
                self.draft.skip(line, FOOTER)
            self.footer_line = self.footer_line or record.line
        elif self.draft.table is None:
            self._after_the_end(record)
        elif self.after_gap or self.doubtful:
            self._look_at_the_end(record)
        else:
            self.draft.count(record)

    def _begin_again(self, record: Record, delimiter: str, labels: list[str]) -> None:
        table = self.draft.table
        is_same = table is not None and (delimiter, (tuple(labels),)) == (
            table.delimiter,
            table.header,
        )
        if is_same and not any(map(self._is_comment, list(self.draft.recent)[-1:])):
            self.keep(record)  # the same header once more: it is left out among the rows
            return
        self.doubtful.clear()
        above = list(itertools.takewhile(self._is_comment, reversed(self.draft.recent)))[::-1]
        self.draft.close(above)
        for line in above:
            self.draft.skip(line, PREAMBLE)
        table = self.table_of(delimiter, [labels], labels, record)
        self.draft.begin(table, record.end, record.line + 1, record)
        self.reader.delimiter = delimiter
        self.footer_line = None
        self.draft.notes.append(f"another header in line {record.line}")

    def _look_at_the_end(self, record: Record) -> None:
        """After a blank line: does the table go on, or does a title stand above other rows?"""
        if not self.fits(record):
            if len(self.doubtful) < _FOOTER_LEAD:
                self.doubt(record)
            else:
                self.keep(record)
        elif self.doubtful and self._is_one_cell(self.doubtful[0]):
            first = self.doubtful[0].line
            self.draft.notes.append(
                f"the table ends before line {first}, a blank line and a title: what follows is"
                " quarantined; name the title in `section` if it belongs to another table, or"
                " declare it as `footer`"
            )
            for line in (*self.end_at_doubt(), record):
                self._put_aside(line)
        else:
            self.keep(record)

    def _is_comment(self, record: Record) -> bool:
        """A line above a header that came in before the header was seen."""
        is_comment = record.text.startswith("#") or self._is_one_cell(record)
        return is_comment and not self.fits(record)

    def _is_one_cell(self, record: Record) -> bool:
        cells = split_cells(record.text, self.reader.delimiter)
        return sum(bool(cell.strip()) for cell in cells) == 1

    def _put_aside(self, record: Record) -> None:
        cells = split_cells(record.text, self.reader.delimiter)
        if self.looks.is_no_row(cells):
            self.draft.skip(record, TOTALS)
        else:
            self.draft.put_aside(cells)

    def _after_the_end(self, record: Record) -> None:
        """A line after a footer or a title; what looks like a row there is not lost."""
        if self.footer_line is None:
            self._put_aside(record)
            return
        table = self.draft.segments[-1].table
        cells = table.fit(split_cells(record.text, table.delimiter))
        needed = [table.fields.declared.get(c.name) for c in self.obj.required_columns]
        is_row = (
            cells is not None
            and sum(bool(cell.strip()) for cell in cells) > 1
            and all(cells[position].strip() for position in needed if position is not None)
        )
        if not is_row:
            self.draft.skip(record, FOOTER)
            return
        if not self.draft.aside:
            self.draft.notes.append(
                f"rows after the footer in line {self.footer_line} are quarantined: correct"
                f" `footer` of {self.obj.title} if it is none"
            )
        self._put_aside(record)


class _SectionScan(_Scan):
    """A file of several tables, of which the object has those below the declared title."""

    def run(self) -> Layout:
        with self.path.open("rb") as stream:
            start = len(_BOM) if stream.read(len(_BOM)) == _BOM else 0
        self.reader = RecordReader(self.path, Place(start, 1), self.delimiter, self.where)
        self.lines_since_title: int | None = None
        self.titles = 0
        self.window: list[Record] = []
        self.nearest: tuple[int, list[str], int] | None = None
        for record in self.reader:
            if record.is_blank:
                self.after_gap = True
                continue
            if self.draft.table is None:
                self._seek(record)
            else:
                self._look_at(record)
            self.after_gap = False
        if not self.draft.segments and self.draft.table is None:
            raise self._nothing_found()
        return self.draft.finish()

    def _seek(self, record: Record) -> None:
        """Outside of the object's tables: look for a title, and for the header below it."""
        self.draft.skip(record, OTHER_TABLE if self.draft.segments else PREAMBLE)
        if self.looks.is_title(record):
            self.lines_since_title = 0
            self.titles += 1
            self.window.clear()
            return
        if self.lines_since_title is None:
            return
        self.lines_since_title += 1
        self.window = [*self.window, record][-self.obj.header_rows :]
        if self.lines_since_title > HEADER_LINES:
            self.lines_since_title = None
        elif len(self.window) == self.obj.header_rows:
            self._try_header(record)

    def _try_header(self, record: Record) -> None:
        for delimiter in (self.obj.delimiter,) if self.obj.delimiter else DELIMITERS:
            rows = [split_cells(line.text, delimiter) for line in self.window]
            labels = list(join_labels(rows, self.obj))
            if is_header(labels, self.obj):
                self.draft.unskip(len(self.window))
                table = self.table_of(delimiter, rows, labels, record)
                self.draft.begin(table, record.end, record.line + 1)
                self.reader.delimiter = delimiter
                self.lines_since_title = None
                return
            matches = count_matches(labels, self.obj)
            if matches and (self.nearest is None or matches > self.nearest[0]):
                self.nearest = matches, labels, record.line

    def _look_at(self, record: Record) -> None:
        """Within the object's table: is it at its end?"""
        if (
            self.looks.is_title(record)
            or self.looks.is_footer(record, self.reader.delimiter)
            or self._is_other_header(record)
            or (self.after_gap and not self.fits(record))
        ):
            self._end(record)
        elif self._is_like_title(record) and len(self.doubtful) < _FOOTER_LEAD:
            self.doubt(record)
        elif self.doubtful and not self.fits(record):
            self._end(record)
        else:
            self.keep(record)

    def _end(self, record: Record) -> None:
        self.after_gap = False
        for line in (*self.end_at_doubt(), record):
            self._seek(line)

    def _is_other_header(self, record: Record) -> bool:
        """A header without the object's title above it is another table's."""
        table = self.draft.table
        if table is None or self.obj.header_rows > 1:
            return False
        labels = split_cells(record.text, table.delimiter)
        # The object's own header once more is left out among the rows; below a title it is not.
        is_own = tuple(labels) in table.header and not self.doubtful
        return not is_own and is_header(labels, self.obj)

    def _is_like_title(self, record: Record) -> bool:
        """One cell, and not the key of a row: it may be the title of the next table."""
        table = self.draft.table
        if table is None or table.labelled <= 2:
            return False
        delimiter = table.delimiter
        text = record.text.strip(f'{delimiter}" \t\r\n')
        if delimiter in text and '"' not in record.text:
            return False
        cells = split_cells(record.text, delimiter)
        if sum(bool(cell.strip()) for cell in cells) != 1:
            return False
        needed = [table.fields.declared.get(c.name) for c in self.obj.required_columns]
        positions = [position for position in needed if position is not None] or [1]
        return len(cells) < table.labelled or any(not cells[n].strip() for n in positions)

    def _nothing_found(self) -> KeiroError:
        if not self.titles:
            return KeiroError(
                f"no line is the title of the section that holds {self.obj.title}",
                where=self.where,
                remedy=f"correct `section` in {self.obj.declared_in}: no line matches"
                f" {self.obj.section!r}",
            )
        if self.nearest is not None:
            _, labels, line = self.nearest
            try:
                map_fields(labels, self.obj, self.where, line=line)
            except KeiroError as error:
                return error
        return no_header(self.obj, self.where)
