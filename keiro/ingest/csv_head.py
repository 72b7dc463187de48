"""Finds the table in a CSV text: delimiter, preamble, header rows, where the rows begin."""

import csv
import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from keiro.errors import KeiroError
from keiro.ingest.declarations import SourceObject
from keiro.ingest.skipped import PREAMBLE, SkippedLine, skipped_line
from keiro.ingest.table import FieldMap, map_fields

# A header row is looked for in the first lines only; real preambles have up to some twelve.
HEADER_LINES = 40
DELIMITERS = (",", "\t", ";", "|")
# Rows after the header that show whether rows have more or fewer blank cells at their end.
_ROWS_SHOWN = 20
_HEAD_BYTES = 1 << 20
_LINE = re.compile(rb"[^\r\n]*(?:\r\n|\n|\r|$)")
_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True)
class CsvTable:
    """Where a table is in a UTF-8 CSV file.

    `header` holds its header rows as they stand in the file (none where the labels are declared),
    `width` is the number of cells that are read of a row, `surplus` of the blank ones beyond.
    `body_offset` is the byte where the rows begin, `body_line` that line's number from 0.
    """

    fields: FieldMap
    delimiter: str
    header: tuple[tuple[str, ...], ...]
    width: int
    body_offset: int
    body_line: int
    surplus: int = 0
    preamble: tuple[SkippedLine, ...] = ()

    @property
    def labelled(self) -> int:
        """Number of cells that a row has at least: up to the last one with a label."""
        return labelled_width(self.fields.labels)

    def fit(self, cells: Sequence[str]) -> list[str] | None:
        """The cells brought to the table's width; None where they are no row of it.

        Only blank cells at the end are added or left out, and only where no label stands.
        """
        if len(cells) == self.width:
            return list(cells)
        if self.labelled <= len(cells) < self.width:
            return [*cells, *[""] * (self.width - len(cells))]
        if len(cells) > self.width and not any(cell.strip() for cell in cells[self.width :]):
            return list(cells[: self.width])
        return None


@dataclass(frozen=True)
class _Candidate:
    start: int
    end: int
    delimiter: str
    rows: tuple[tuple[str, ...], ...]
    labels: tuple[str, ...]
    matches: int


def find_table(path: Path, obj: SourceObject, where: str) -> CsvTable:
    """Locate the table of `obj` in a UTF-8 file. Raises KeiroError where there is none."""
    with path.open("rb") as stream:
        head = stream.read(_HEAD_BYTES)
    start = len(_BOM) if head.startswith(_BOM) else 0
    lines = list(itertools.islice(_lines(head, start), HEADER_LINES + 2 * _ROWS_SHOWN))
    delimiters = (obj.delimiter,) if obj.delimiter else DELIMITERS
    if obj.header is not None:
        return _headerless(lines, obj, delimiters, start, where)
    found = _best_header(lines, delimiters, obj)
    if found is None:
        raise no_header(obj, where)
    above = tuple(
        skipped_line(number, PREAMBLE, line.decode("utf-8", errors="replace"))
        for number, line in enumerate(lines[: found.start], start=1)
        if line.strip()
    )
    row_width = _row_width(lines[found.end :], found.delimiter, found.labels)
    return CsvTable(
        fields=map_fields(found.labels, obj, where, preamble=[line.text for line in above]),
        delimiter=found.delimiter,
        header=found.rows,
        width=min(row_width, len(found.labels)),
        surplus=max(0, row_width - len(found.labels)),
        body_offset=start + sum(len(line) for line in lines[: found.end]),
        body_line=found.end,
        preamble=above,
    )


def _best_header(
    lines: list[bytes], delimiters: tuple[str, ...], obj: SourceObject
) -> _Candidate | None:
    """The first whole header; where there is none, the one that names most columns.

    One label alone makes no header but in the first line: it may be a cell of a person's row.
    """
    best: _Candidate | None = None
    is_first = True
    for index in range(min(len(lines), HEADER_LINES)):
        candidates = (_header(lines, index, delimiter, obj) for delimiter in delimiters)
        here = max(
            (candidate for candidate in candidates if candidate is not None),
            key=lambda candidate: candidate.matches,
            default=None,
        )
        if here is None or here.matches < (1 if is_first else 2):
            is_first &= here is None
            continue
        is_first = False
        if is_header(here.labels, obj):
            return here
        if best is None or here.matches > best.matches:
            best = here
    return best


def is_header(labels: Sequence[str], obj: SourceObject) -> bool:
    """Whether the labels are a header of the object, and no row that happens to hold a label.

    It names every column that a file must have, and either two columns or nothing else.
    """
    given = [label for label in labels if label.strip()]
    names = [name for label in given if (name := obj.column_for(label)) is not None]
    needed = {column.name for column in obj.required_columns if not column.has_constant}
    return needed <= set(names) and (len(set(names)) > 1 or 0 < len(names) == len(given))


def join_labels(rows: Sequence[Sequence[str]], obj: SourceObject) -> tuple[str, ...]:
    """The labels of a header of one or more rows; those of several rows are joined by a blank.

    A blank cell above a label is taken for a merged cell, with the text to its left, unless
    the label means a declared column without it.
    """
    if len(rows) == 1:
        return tuple(rows[0])
    width = max(len(row) for row in rows)
    plain = [[*(cell.strip() for cell in row), *[""] * (width - len(row))] for row in rows]
    merged = [
        *(list(itertools.accumulate(row, _cell_or_left)) for row in plain[:-1]),
        plain[-1],
    ]
    labels = []
    for position in range(width):
        as_written = " ".join(row[position] for row in plain if row[position])
        with_merged = " ".join(row[position] for row in merged if row[position])
        keep = obj.column_for(as_written) is not None or not plain[-1][position]
        labels.append(as_written if keep else with_merged)
    return tuple(labels)


def _cell_or_left(left: str, cell: str) -> str:
    return cell or left


def count_matches(labels: Sequence[str], obj: SourceObject) -> int:
    """How many declared columns the labels name."""
    return len({obj.column_for(label) for label in labels if label} - {None})


def labelled_width(labels: Sequence[str]) -> int:
    """Number of cells up to the last label that is not blank."""
    return max((n for n, label in enumerate(labels, start=1) if label.strip()), default=0)


def _lines(head: bytes, start: int) -> Iterator[bytes]:
    """The lines of the head with their endings; a last line that the head cuts is left out."""
    whole = len(head) < _HEAD_BYTES
    for match in _LINE.finditer(head, start):
        if match.group() and (whole or match.end() < len(head)):
            yield match.group()


def _records(lines: list[bytes], delimiter: str) -> Iterator[tuple[list[str], int]]:
    """The records that begin on the first line, each with the number of lines read by then."""
    texts = (line.decode("utf-8", errors="replace") for line in lines)
    reader = csv.reader(texts, delimiter=delimiter, strict=True)
    try:
        for record in reader:
            yield record, reader.line_num
    except csv.Error:
        return


def _header(lines: list[bytes], index: int, delimiter: str, obj: SourceObject) -> _Candidate | None:
    """The header that would begin on a line; it may go on over several lines within quotes."""
    records = list(itertools.islice(_records(lines[index:], delimiter), obj.header_rows))
    if len(records) < obj.header_rows or not records[0][0]:
        return None
    rows = tuple(tuple(record) for record, _ in records)
    labels = join_labels(rows, obj)
    end = index + records[-1][1]
    return _Candidate(index, end, delimiter, rows, labels, count_matches(labels, obj))


def _row_width(lines: list[bytes], delimiter: str, labels: Sequence[str]) -> int:
    """The number of cells in a row: the header's, unless all rows shown agree on another one.

    They may have blank cells more at their end, or fewer where the header's last labels are blank.
    """
    rows = [r for r, _ in itertools.islice(_records(lines, delimiter), _ROWS_SHOWN) if r]
    widths = {len(row) for row in rows}
    if len(widths) != 1:
        return len(labels)
    (width,) = widths
    surplus_is_blank = not any(cell.strip() for row in rows for cell in row[len(labels) :])
    fits = width >= labelled_width(labels) and surplus_is_blank
    return width if fits else len(labels)


def _headerless(
    lines: list[bytes],
    obj: SourceObject,
    delimiters: tuple[str, ...],
    start: int,
    where: str,
) -> CsvTable:
    """A file whose labels are declared: its rows begin at its first byte."""
    header = obj.header or ()
    for delimiter in delimiters:
        first, _ = next(_records(lines, delimiter), ([], 0))
        if len(first) == len(header):
            fields = map_fields(header, obj, where)
            return CsvTable(fields, delimiter, (), len(header), start, 0)
    raise KeiroError(
        f"the first line has not the {len(header)} cells that `header` declares",
        where=where,
        remedy=f"correct `header` or `delimiter` of {obj.title} in {obj.declared_in}",
    )


def no_header(obj: SourceObject, where: str) -> KeiroError:
    """Shows no cell of the file: without a header, its first line may be a person's."""
    wanted = "; ".join(
        " | ".join(column.aliases or (column.name,)) for column in obj.required_columns[:5]
    )
    return KeiroError(
        f"no header row in the first {HEADER_LINES} lines: none of them names the columns of"
        f" {obj.title} (required: {wanted or 'any declared column'})",
        where=where,
        remedy=f"add the file's labels to the `aliases` in {obj.declared_in}, or declare"
        " `header` for a file without one",
    )
