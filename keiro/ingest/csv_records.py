"""The records of a CSV text one by one, with their place: for files that need to be looked through.

A line with an even number of quotation marks is a record; where the number is odd, Python's csv
module tells where the record ends. So most lines are not parsed.
"""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from keiro.errors import KeiroError

_BLOCK = 1 << 22
# The longest record that can be read; a quotation mark that is not closed swallows what follows.
LONGEST_RECORD = 1 << 25


@dataclass(slots=True)
class Record:
    """A record: its bytes in the file, the number of its first line from 1, its text."""

    start: int
    end: int
    line: int
    text: str

    @property
    def is_blank(self) -> bool:
        """Whether the line is empty but for its end."""
        return self.text in ("\n", "\r\n", "\r")


@dataclass(frozen=True)
class Place:
    """A byte of a file and the number of the line that begins there."""

    offset: int
    line: int


class RecordReader:
    """Iterates over the records of a UTF-8 file from a byte on.

    `delimiter` may be changed between records. Raises KeiroError for a quotation mark that is
    not closed and for records above 32 MB, with the number of the line where they begin.
    `parse_all` leaves every line with a quotation mark to the csv module, stray ones included.
    """

    def __init__(
        self,
        path: Path,
        place: Place,
        delimiter: str,
        where: str,
        *,
        parse_all: bool = False,
    ) -> None:
        self.delimiter = delimiter
        self._path = path
        self._offset = place.offset
        self._line = place.line
        self._where = where
        self._parse_all = parse_all

    def __iter__(self) -> Iterator[Record]:
        csv.field_size_limit(LONGEST_RECORD)
        with self._path.open("rb") as stream:
            stream.seek(self._offset)
            lines = self._lines(stream)
            for first in lines:
                record, count = first, 1
                quotes = first.count(b'"')
                if quotes % 2 or (quotes and self._parse_all):
                    record, count = self._complete(first, lines)
                start, line = self._offset, self._line
                self._offset += len(record)
                self._line += count
                yield Record(start, self._offset, line, record.decode("utf-8"))

    def _lines(self, stream: io.BufferedReader) -> Iterator[bytes]:
        held = b""
        while block := stream.read(_BLOCK):
            pieces = (held + block).splitlines(keepends=True)
            held = pieces.pop()  # the next block may go on with it, if only with an LF
            if len(held) > LONGEST_RECORD:
                raise self._too_long()
            yield from pieces
        if held:
            yield held

    def _complete(self, first: bytes, lines: Iterator[bytes]) -> tuple[bytes, int]:
        """The whole record that begins with a line, and how many lines it takes."""
        taken = [first]
        is_open = False

        def feed() -> Iterator[str]:
            nonlocal is_open
            yield first.decode("utf-8")
            length = len(first)
            for line in lines:
                taken.append(line)
                length += len(line)
                if length > LONGEST_RECORD:
                    raise self._too_long()
                yield line.decode("utf-8")
            is_open = True

        try:
            next(csv.reader(feed(), delimiter=self.delimiter))
        except csv.Error as error:
            raise self._too_long() from error
        if is_open:
            raise KeiroError(
                f"line {self._line}: a cell's quotation mark is opened and not closed, or the file"
                " is cut off",
                where=self._where,
                remedy="export the file again, with quotation marks doubled within cells",
            )
        return b"".join(taken), len(taken)

    def _too_long(self) -> KeiroError:
        return KeiroError(
            f"line {self._line}: a record is longer than {LONGEST_RECORD >> 20} MB",
            where=self._where,
            remedy="export the file again; a quotation mark there may not be closed",
        )


def split_cells(text: str, delimiter: str) -> list[str]:
    """The cells of one record's text."""
    csv.field_size_limit(LONGEST_RECORD)
    return next(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), [])
