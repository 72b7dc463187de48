"""The identity of a file's load, and rows on their way straight into raw."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

import duckdb

from keiro.ingest.files import ExportFile
from keiro.transaction import transaction

# Where to write a file's rows is decided by its size: below, the work around it outweighs them.
DIRECT_BYTES = 1 << 25


_EPOCH, _LOADS = date(1970, 1, 1), 10**12
# The same of a row in raw: both parts fit one integer.
VERSION = f"coalesce(_extracted_at - date '1970-01-01', 0) * {_LOADS} + _load_seq"


@dataclass(frozen=True)
class Delivery:
    """The identity of a file's load, written beside each of its rows."""

    file_name: str
    content_hash: str
    extracted_at: date | None
    load_seq: int
    loaded_at: datetime

    @property
    def version(self) -> int:
        """Where the load stands among the versions: by date, then by load; see VERSION."""
        days = (self.extracted_at - _EPOCH).days if self.extracted_at else 0
        return days * _LOADS + self.load_seq

    @property
    def parameters(self) -> dict[str, Any]:
        """The same as named parameters of a query."""
        return {
            "file_name": self.file_name,
            "content_hash": self.content_hash,
            "day": self.extracted_at,
            "load_seq": self.load_seq,
            "loaded_at": self.loaded_at,
        }


def delivery_of(file: ExportFile, content_hash: str, load_seq: int) -> Delivery:
    """A load of a file that begins now. Raises KeiroError where its date cannot be told."""
    return Delivery(file.name, content_hash, file.extracted_at, load_seq, datetime.now(UTC))


@dataclass
class DirectLoad:
    """A load that writes its rows once, into raw, and takes the unfit ones out again.

    For big files that hold mostly new rows. While `is_open`, the rows are in raw within a
    transaction that is to be ended by `finish` or `undo`.
    """

    con: duckdb.DuckDBPyConnection
    delivery: Delivery
    is_open: bool = field(default=False, init=False)

    def begin(self) -> None:
        """Open the transaction, without the rows of a former attempt."""
        self.undo()
        self.con.execute("begin transaction")
        self.is_open = True

    def undo(self) -> None:
        """Take back what was written, if anything was."""
        if self.is_open:
            self.is_open = False
            self.con.execute("rollback")

    @contextmanager
    def finish(self) -> Iterator[None]:
        """The block's work joins the open transaction, or one of its own, which is committed."""
        if not self.is_open:
            with transaction(self.con):
                yield
            return
        try:
            yield
            self.con.execute("commit")
            self.is_open = False
        finally:
            self.undo()
