"""What a line of a CSV text is by its looks: a later header, a footer, a title, a row of totals."""

import re
from collections.abc import Sequence

from keiro.ingest.csv_head import DELIMITERS, is_header
from keiro.ingest.csv_records import Record, split_cells
from keiro.ingest.declarations import SourceObject
from keiro.ingest.labels import normalise_label
from keiro.ingest.table import map_fields

_QUOTED = re.compile(r'"((?:[^"]|"")*)"')


class LineLooks:
    """Tells apart lines of files of one object; cheap for the many that are plain rows."""

    def __init__(self, obj: SourceObject, where: str) -> None:
        self._obj = obj
        self._where = where
        self._footers = [re.compile(pattern) for pattern in obj.footer]
        self._section = re.compile(obj.section) if obj.section is not None else None
        self._known = set(obj.column_of_label)
        self._anchors = _anchors(obj)
        self._labels = 0

    def learn(self, labels: Sequence[str]) -> None:
        """Labels of a header of the file: a later header may hold them too."""
        given = [normalise_label(label) for label in labels if label.strip()]
        self._labels = len(given)
        self._known.update(given)

    def is_title(self, record: Record) -> bool:
        """Whether the line is the declared title of the object's section."""
        text = record.text.strip().strip('"')
        return self._section is not None and self._section.search(text) is not None

    def is_footer(self, text: str, delimiter: str) -> bool:
        """Whether the first cell of a line that is not blank matches a declared footer."""
        if not self._footers:
            return False
        cell = first_cell(text, delimiter)
        return any(pattern.search(cell) for pattern in self._footers)

    def is_no_row(self, cells: Sequence[str]) -> bool:
        """Whether the cells are all blank, or one of them begins as declared under `totals`."""
        texts = [cell.strip() for cell in cells]
        return not any(texts) or any(text.startswith(self._obj.totals) for text in texts)

    def later_header(self, record: Record, delimiter: str) -> tuple[str, list[str]] | None:
        """Delimiter and labels, where the line is a header of the object.

        Raises KeiroError for a line of nothing but labels that lacks a required column: its rows
        are in the file and cannot be read.
        """
        if self._obj.header is not None or self._obj.header_rows > 1:
            return None
        folded = record.text.casefold()
        for anchor in self._anchors:
            if anchor in folded:
                break
        else:
            if first_cell(folded, delimiter) not in self._known:
                return None
        for candidate in (delimiter, *(d for d in DELIMITERS if d != delimiter)):
            labels = split_cells(record.text, candidate)
            if self.is_later_header(labels):
                return candidate, labels
            given = [normalise_label(label) for label in labels if label.strip()]
            if len(given) > 1 and all(label in self._known for label in given):
                map_fields(labels, self._obj, self._where, line=record.line)
        return None

    def is_later_header(self, labels: Sequence[str]) -> bool:
        """Whether the labels are a header; one alone is none below a header of several."""
        enough = min(2, self._labels)
        return sum(bool(label.strip()) for label in labels) >= enough and is_header(
            labels, self._obj
        )


def first_cell(text: str, delimiter: str) -> str:
    """The first cell of a record that is not blank; doubled quotation marks stay doubled."""
    end = text.find(delimiter)
    cell = text[: end if end >= 0 else None].strip()
    if cell and cell[0] != '"':
        return cell
    rest = text.lstrip(f"{delimiter} \t\r\n")
    quoted = _QUOTED.match(rest)
    if quoted is None:
        return rest.split(delimiter, 1)[0].strip()
    return quoted.group(1).strip() or first_cell(rest[quoted.end() :], delimiter)


def _anchors(obj: SourceObject) -> tuple[str, ...]:
    """Labels of which every header of the object has one, where there are such."""
    needed = [c for c in obj.required_columns if not c.has_constant and c.pattern is None]
    fewest = min(needed, key=lambda column: len(column.labels), default=None)
    if fewest is None:
        return ()
    written = {label.casefold() for label in (fewest.name, *fewest.aliases)}
    return tuple(sorted(written | fewest.labels))
