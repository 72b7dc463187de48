"""Lines of a file that are no rows of its table: kept as they are, beside the log.

They may hold names, so they stay in the work database.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb

from keiro.ingest.declarations import SourceObject
from keiro.ingest.schema import SKIPPED_LINES

PREAMBLE, FOOTER, TOTALS, REPEATED_HEADER, OTHER_TABLE = (
    "preamble",
    "footer",
    "totals",
    "repeated_header",
    "other_table",
)
# Per file; more lines than these are counted only. So many mean that the declaration is wrong.
LINES_KEPT = 10_000
_TEXT_KEPT = 10_000


@dataclass(frozen=True)
class SkippedLine:
    """A line (with line ends within quotes, a record) and what it was taken for."""

    number: int
    kind: str
    text: str


def skipped_line(number: int, kind: str, text: str) -> SkippedLine:
    """The line without its line end, cut at 10,000 characters."""
    return SkippedLine(number, kind, text.rstrip("\r\n")[:_TEXT_KEPT])


def keep_skipped_lines(
    con: duckdb.DuckDBPyConnection,
    obj: SourceObject,
    file_name: str,
    content_hash: str,
    lines: Sequence[SkippedLine],
) -> None:
    """Write the skipped lines of a loaded file, in the caller's transaction."""
    if not lines:
        return
    con.execute(
        f"insert into {SKIPPED_LINES} select $source, $object, $file_name, $content_hash,"
        " unnest($numbers::bigint[]), unnest($kinds::varchar[]), unnest($texts::varchar[])",
        {
            "source": obj.source,
            "object": obj.object,
            "file_name": file_name,
            "content_hash": content_hash,
            "numbers": [line.number for line in lines[:LINES_KEPT]],
            "kinds": [line.kind for line in lines[:LINES_KEPT]],
            "texts": [line.text for line in lines[:LINES_KEPT]],
        },
    )
