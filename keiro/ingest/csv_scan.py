"""What looking through a whole CSV text for its tables needs, whether they have titles or not."""

from collections.abc import Sequence
from pathlib import Path

from keiro.ingest.csv_head import CsvTable
from keiro.ingest.csv_layout import Draft
from keiro.ingest.csv_lines import LineLooks
from keiro.ingest.csv_records import Record, split_cells
from keiro.ingest.stage import Reading
from keiro.ingest.table import map_fields

# Lines that are looked back at, at most: a footer's or a title's lead.
LINES_IN_DOUBT = 50


class Scan:
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
