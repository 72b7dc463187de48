"""Finds the table in a CSV text: delimiter, preamble, header row, where the rows begin."""

import csv
import io
import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from keiro.errors import KeiroError
from keiro.ingest.declarations import SourceObject
from keiro.ingest.labels import normalise_label
from keiro.ingest.table import FieldMap, map_fields

# A header row is looked for in the first lines only; real preambles have up to some twelve.
HEADER_LINES = 40
_HEAD_BYTES = 1 << 20
_DELIMITERS = (",", "\t", ";", "|")
_LINE = re.compile(rb"[^\r\n]*(?:\r\n|\n|\r|$)")
_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True)
class CsvTable:
    """Where a table is in a UTF-8 CSV file.

    `body_offset` is the byte where its rows begin, `body_line` that line's number from 0;
    `preamble_lines` counts the lines above the header that are not blank.
    """

    fields: FieldMap
    delimiter: str
    body_offset: int
    body_line: int
    preamble_lines: int

    @property
    def width(self) -> int:
        """Number of fields in a row."""
        return len(self.fields.labels)


@dataclass(frozen=True)
class _Candidate:
    start: int
    lines: int
    delimiter: str
    labels: tuple[str, ...]


def find_table(path: Path, obj: SourceObject, where: str) -> CsvTable:
    """Locate the table of `obj` in a UTF-8 file. Raises KeiroError where there is none."""
    with path.open("rb") as stream:
        head = stream.read(_HEAD_BYTES)
    start = len(_BOM) if head.startswith(_BOM) else 0
    lines = list(itertools.islice(_lines(head, start), HEADER_LINES))
    delimiters = (obj.delimiter,) if obj.delimiter else _DELIMITERS
    if obj.header is not None:
        return _headerless(lines, obj, delimiters, start, where)
    candidates = (
        candidate
        for index in range(len(lines))
        for delimiter in delimiters
        if (candidate := _record(lines, index, delimiter)) is not None
    )
    found = max(candidates, key=lambda c: (_matches(c, obj), -c.start), default=None)
    if found is None or _matches(found, obj) == 0:
        raise _no_header(obj, where)
    above = lines[: found.start]
    end = found.start + found.lines
    return CsvTable(
        fields=map_fields(found.labels, obj, where),
        delimiter=found.delimiter,
        body_offset=start + sum(len(line) for line in lines[:end]),
        body_line=end,
        preamble_lines=sum(1 for line in above if line.strip()),
    )


def _lines(head: bytes, start: int) -> Iterator[bytes]:
    """The lines of the head with their endings; a last line that the head cuts is left out."""
    whole = len(head) < _HEAD_BYTES
    for match in _LINE.finditer(head, start):
        if match.group() and (whole or match.end() < len(head)):
            yield match.group()


def _record(lines: list[bytes], index: int, delimiter: str) -> _Candidate | None:
    """The record that begins on a line; it may go on over several lines within quotes."""
    texts = (line.decode("utf-8", errors="replace") for line in lines[index:])
    reader = csv.reader(texts, delimiter=delimiter, strict=True)
    try:
        labels = next(reader)
    except (csv.Error, StopIteration):
        return None
    return _Candidate(index, reader.line_num, delimiter, tuple(labels))


def _matches(candidate: _Candidate, obj: SourceObject) -> int:
    """How many declared columns the record's cells name."""
    named = (obj.column_of_label.get(normalise_label(label)) for label in candidate.labels)
    return len({name for name in named if name is not None})


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
        first = _record(lines, 0, delimiter)
        if first is not None and len(first.labels) == len(header):
            fields = map_fields(header, obj, where)
            return CsvTable(fields, delimiter, start, 0, 0)
    raise KeiroError(
        f"the first line has not the {len(header)} cells that `header` declares",
        where=where,
        remedy=f"correct `header` or `delimiter` of {obj.title} in {obj.declared_in}",
    )


def _no_header(obj: SourceObject, where: str) -> KeiroError:
    """Shows no cell of the file: without a header, its first line may be a person's."""
    wanted = "; ".join(
        " | ".join(column.aliases or (column.name,)) for column in obj.required_columns[:5]
    )
    return KeiroError(
        f"no header row in the first {HEADER_LINES} lines: none of them names a column of"
        f" {obj.title} (required: {wanted or 'any declared column'})",
        where=where,
        remedy=f"add the file's labels to the `aliases` in {obj.declared_in}, or declare"
        " `header` for a file without one",
    )


def split_cells(text: str, delimiter: str) -> list[str]:
    """The cells of one record's text."""
    return next(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), [])
