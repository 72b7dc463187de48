"""Looks through a CSV text of several tables for those below the declared title."""

from keiro.errors import KeiroError
from keiro.ingest.csv_head import (
    DELIMITERS,
    HEADER_LINES,
    count_matches,
    is_header,
    join_labels,
    no_header,
)
from keiro.ingest.csv_layout import Layout
from keiro.ingest.csv_records import Place, Record, RecordReader, split_cells
from keiro.ingest.csv_scan import LINES_IN_DOUBT, Scan
from keiro.ingest.skipped import OTHER_TABLE, PREAMBLE
from keiro.ingest.table import map_fields

_BOM = b"\xef\xbb\xbf"


class SectionScan(Scan):
    """A file of several tables, of which the object has those below the declared title."""

    def run(self) -> Layout:
        """Look at every record once. Raises KeiroError where the file cannot be told apart."""
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
            nearest = self.nearest[0] if self.nearest is not None else 0
            if matches > max(nearest, self.lines_since_title != self.obj.header_rows):
                self.nearest = matches, labels, record.line

    def _look_at(self, record: Record) -> None:
        """Within the object's table: is it at its end?"""
        if (
            self.looks.is_title(record)
            or self.looks.is_footer(record.text, self.reader.delimiter)
            or self._is_other_header(record)
            or (self.after_gap and not self.fits(record))
        ):
            self._end(record)
        elif self._is_like_title(record) and len(self.doubtful) < LINES_IN_DOUBT:
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
        return not is_own and self.looks.is_later_header(labels)

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
