"""The folder that a demo is written to: what it wrote before, what it may replace."""

import csv
import io
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from keiro.errors import ExitCode, KeiroError

SOURCES = ("hubspot", "ga4", "google_ads", "seminars", "shop")
TRUTH = "_truth"
FILE_LIST = f"{TRUTH}/files.txt"


@dataclass
class Output:
    """Files and data rows written so far. Each file is listed before it is written.

    So a later demo can remove the files of an earlier one, even of one that was killed.
    """

    folder: Path
    files: list[str] = field(default_factory=list)
    rows: dict[str, int] = field(default_factory=dict)

    def prepare(self) -> None:
        """Remove an earlier demo's files. Raises KeiroError on files that are no demo's."""
        listing = self.folder / FILE_LIST
        earlier = listing.read_text(encoding="utf-8").splitlines() if listing.exists() else []
        self._refuse_foreign_files(frozenset(earlier))
        for name in earlier:
            # A line that points elsewhere was not written here.
            if (self.folder / name).resolve().is_relative_to(self.folder.resolve()):
                (self.folder / name).unlink(missing_ok=True)
        (self.folder / TRUTH).mkdir(parents=True, exist_ok=True)
        listing.write_text("", encoding="utf-8")

    def _refuse_foreign_files(self, earlier: frozenset[str]) -> None:
        for source in SOURCES:
            for file in sorted((self.folder / source).glob("*")):
                if f"{source}/{file.name}" not in earlier:
                    raise KeiroError(
                        "this file is no demo's; demo data would mix with real exports",
                        where=str(file),
                        remedy="write the demo to another folder, or move the file away",
                        exit_code=ExitCode.USAGE,
                    )

    def path(self, name: str) -> Path:
        """The path of a file that is about to be written."""
        target = self.folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        with (self.folder / FILE_LIST).open("a", encoding="utf-8") as listing:
            listing.write(name + "\n")
        self.files.append(name)
        return target

    def write(self, name: str, content: bytes) -> None:
        """Write a file."""
        self.path(name).write_bytes(content)

    def write_csv(self, name: str, lines: list[list[str]], encoding: str) -> None:
        """Write a CSV file with CR LF line ends and quotes where needed."""
        text = io.StringIO(newline="")
        csv.writer(text, lineterminator="\r\n").writerows(lines)
        self.write(name, text.getvalue().encode(encoding))

    def write_parquet(self, name: str, table: pa.Table) -> None:
        """Write a Parquet file."""
        pq.write_table(table, self.path(name), compression="zstd")

    def count(self, object_name: str, rows: int) -> None:
        """Add data rows to an object."""
        self.rows[object_name] = self.rows.get(object_name, 0) + rows
