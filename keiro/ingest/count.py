"""Counts the records of a CSV file without parsing it: the cross-check of what a parser returns."""

import io
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

_BLOCK = 1 << 18
_QUOTE, _LF, _CR = 0x22, 0x0A, 0x0D


@dataclass(frozen=True)
class RecordCount:
    """Number of records, blank lines left out, and whether each quotation mark has its partner."""

    records: int
    paired: bool


def count_records(path: Path, offset: int) -> RecordCount:
    """Count the line ends outside of quotes from the byte `offset` on.

    Exact where quotes pair up as in RFC 4180; a stray quote makes it differ from a parser's
    count, which then has to be settled by parsing record by record.
    """
    newline = _LF if _has_line_feed(path, offset) else _CR
    records = 0
    inside = False
    blank_so_far = True  # nothing but carriage returns since the last line end outside quotes
    block = _Block()
    with path.open("rb", buffering=0) as stream:
        stream.seek(offset)
        while block.read(stream):
            ends = block.places_of(newline)
            if inside or block.has_quotes:
                quotes = block.places_of(_QUOTE)
                ends = ends[(np.searchsorted(quotes, ends) + inside) % 2 == 0]
                inside = bool((len(quotes) + inside) % 2)
            if len(ends):
                blank = _blank_lines(block.content, ends)
                blank[0] &= blank_so_far
                records += len(ends) - int(np.count_nonzero(blank))
                blank_so_far = block.is_blank_from(int(ends[-1]) + 1)
            else:
                blank_so_far &= block.is_blank_from(0)
    return RecordCount(records + (0 if blank_so_far else 1), not inside)


class _Block:
    """A part of a file, in memory that is taken once: new memory costs more than the search."""

    def __init__(self) -> None:
        self._bytes = bytearray(_BLOCK)
        self._whole: NDArray[np.uint8] = np.frombuffer(self._bytes, dtype=np.uint8)
        self._found: NDArray[np.bool_] = np.empty(_BLOCK, dtype=np.bool_)
        self.content = self._whole[:0]

    def read(self, stream: io.FileIO) -> int:
        """Read the next part; its length, 0 at the file's end."""
        length = stream.readinto(self._bytes)
        self.content = self._whole[:length]
        return length

    @property
    def has_quotes(self) -> bool:
        return self._bytes.find(b'"', 0, len(self.content)) >= 0

    def places_of(self, byte: int) -> NDArray[np.intp]:
        """Where a byte stands."""
        found = self._found[: len(self.content)]
        np.equal(self.content, byte, out=found)
        return np.flatnonzero(found)

    def is_blank_from(self, place: int) -> bool:
        """Whether there are only carriage returns from a place on."""
        return not self._bytes[place : len(self.content)].strip(b"\r")


def _has_line_feed(path: Path, offset: int) -> bool:
    with path.open("rb") as stream:
        stream.seek(offset)
        return any(b"\n" in block for block in iter(lambda: stream.read(_BLOCK), b""))


def _blank_lines(content: NDArray[np.uint8], ends: NDArray[np.intp]) -> NDArray[np.bool_]:
    """For each line end outside quotes: is there nothing but a carriage return before it?"""
    starts = np.concatenate(([0], ends[:-1] + 1))
    length = ends - starts
    blank = length == 0
    short = np.flatnonzero(length == 1)
    blank[short] = content[starts[short]] == _CR
    return np.asarray(blank)
