"""Looks through a CSV text whose first lines have its header: later headers, footers, other tables.

Needed where the declaration speaks of footers, and where a file turns out not to be one table from
its header to its end.
"""

import itertools
from pathlib import Path

from keiro.ingest.csv_head import find_table
from keiro.ingest.csv_layout import Layout
from keiro.ingest.csv_lines import LineLooks
from keiro.ingest.csv_records import Place, Record, RecordReader, split_cells
from keiro.ingest.csv_scan import LINES_IN_DOUBT, Scan
from keiro.ingest.skipped import FOOTER, PREAMBLE, TOTALS
from keiro.ingest.stage import Reading

# The last bytes of a file, in which a footer would be.
_TAIL = 1 << 13


def ends_with_footer(reading: Reading, path: Path) -> bool:
    """Whether one of the last lines looks like a declared footer."""
    if not reading.obj.footer:
        return False
    looks = LineLooks(reading.obj, reading.where)
    with path.open("rb") as stream:
        stream.seek(max(0, path.stat().st_size - _TAIL))
        lines = stream.read().decode("utf-8", errors="ignore").splitlines()
    return any(looks.is_footer(line, ",") for line in lines)


class TableScan(Scan):
    """A file whose first header is in its first lines."""

    def run(self) -> Layout:
        """Look at every record once. Raises KeiroError where the file cannot be told apart."""
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
        elif self.looks.is_footer(record.text, self.reader.delimiter):
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
            if len(self.doubtful) < LINES_IN_DOUBT:
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
