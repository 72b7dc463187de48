"""What loading reports: the accounting of each file and of the whole run."""

from dataclasses import dataclass, field
from typing import Literal

Status = Literal["loaded", "duplicate_delivery", "refused", "held", "known"]


@dataclass(frozen=True)
class FileResult:
    """One file's accounting: rows_in = rows_loaded + rows_unchanged + rows_quarantined.

    `rows_deleted` counts what the file no longer has: rows marked deleted are none of its own.
    `known` files were loaded by an earlier run and cost their content hash only.
    `rows_skipped_preamble` counts lines that are no rows: preamble, totals, repeated headers.
    """

    source: str
    object: str
    file_name: str
    status: Status
    content_hash: str | None = None
    format: str | None = None
    encoding: str | None = None
    rows_in: int = 0
    rows_loaded: int = 0
    rows_unchanged: int = 0
    rows_quarantined: int = 0
    rows_skipped_preamble: int = 0
    rows_deleted: int = 0
    message: str | None = None


@dataclass(frozen=True)
class LoadSummary:
    """All files of one load, in loading order."""

    files: tuple[FileResult, ...] = field(default=())
    # Names of files in the exports folder that no object of a source that is on asks for.
    unclaimed: tuple[str, ...] = field(default=())

    @property
    def found(self) -> int:
        """Number of files that belong to an object."""
        return len(self.files)

    @property
    def new(self) -> tuple[FileResult, ...]:
        """Files that this run loaded."""
        return tuple(file for file in self.files if file.status == "loaded")

    @property
    def skipped(self) -> tuple[FileResult, ...]:
        """Files whose content was loaded before, under this name or another."""
        return tuple(f for f in self.files if f.status in ("known", "duplicate_delivery"))

    @property
    def refused(self) -> tuple[FileResult, ...]:
        """Files that could not be loaded; the message of each says why, and the remedy."""
        return tuple(file for file in self.files if file.status == "refused")

    @property
    def held(self) -> tuple[FileResult, ...]:
        """Files that lost too many rows to be believed; each message has the command to accept."""
        return tuple(file for file in self.files if file.status == "held")

    @property
    def rows_in(self) -> int:
        """Rows of the files that this run loaded."""
        return sum(file.rows_in for file in self.new)

    @property
    def rows_loaded(self) -> int:
        """Rows stored as new versions by this run."""
        return sum(file.rows_loaded for file in self.new)

    @property
    def rows_unchanged(self) -> int:
        """Rows of new files that raw held already."""
        return sum(file.rows_unchanged for file in self.new)

    @property
    def rows_quarantined(self) -> int:
        """Rows of new files that were put aside."""
        return sum(file.rows_quarantined for file in self.new)

    @property
    def rows_deleted(self) -> int:
        """Rows that new files no longer have and that are marked deleted."""
        return sum(file.rows_deleted for file in self.new)
