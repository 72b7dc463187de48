"""Counts the records of a CSV file without parsing it: the cross-check of what a parser returns."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

_BLOCK = 1 << 19
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
    with path.open("rb") as stream:
        stream.seek(offset)
        while block := stream.read(_BLOCK):
            content: NDArray[np.uint8] = np.frombuffer(block, dtype=np.uint8)
            ends = np.flatnonzero(content == newline)
            if inside or b'"' in block:
                quotes = np.flatnonzero(content == _QUOTE)
                outside = ends[(np.searchsorted(quotes, ends) + inside) % 2 == 0]
                inside = bool((len(quotes) + inside) % 2)
            else:
                outside = ends
            blank = _blank_lines(content, outside)
            if len(outside):
                blank[0] &= blank_so_far
                records += len(outside) - int(blank.sum())
                rest = block[outside[-1] + 1 :]
                blank_so_far = not rest.strip(b"\r")
            else:
                blank_so_far &= not block.strip(b"\r")
    return RecordCount(records + (0 if blank_so_far else 1), not inside)


def _has_line_feed(path: Path, offset: int) -> bool:
    with path.open("rb") as stream:
        stream.seek(offset)
        return any(b"\n" in block for block in iter(lambda: stream.read(_BLOCK), b""))


def _blank_lines(content: NDArray[np.uint8], outside: NDArray[np.intp]) -> NDArray[np.bool_]:
    """For each line end outside quotes: is there nothing but a carriage return before it?"""
    starts = np.concatenate(([0], outside[:-1] + 1)) if len(outside) else outside
    length = outside - starts
    only_return = (length == 1) & (content[starts] == _CR) if len(outside) else length == 1
    return np.asarray((length == 0) | only_return)
