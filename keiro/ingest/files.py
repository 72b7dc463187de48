"""The files below the exports folder: the object of each, their order, their content."""

import hashlib
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from keiro.errors import KeiroError
from keiro.ingest.declarations import SourceObject


@dataclass(frozen=True)
class ExportFile:
    """A file that an object's patterns match. `name` is its path below the exports folder."""

    path: Path
    name: str
    obj: SourceObject

    @property
    def extracted_at(self) -> date | None:
        """The date in the file's name, by the object's declaration. Raises KeiroError."""
        try:
            return self.obj.extraction_date(self.path.name)
        except ValueError as error:
            raise KeiroError(
                f"the date of the export is not in the file's name: {error}",
                where=self.name,
                remedy=f"rename the file, or correct `extracted_at` of {self.obj.title}"
                f" in {self.obj.declared_in}",
            ) from error

    @property
    def order(self) -> tuple[str, date, str]:
        """Objects one after the other; within an object by date, then by name."""
        try:
            day = self.extracted_at or date.min
        except KeiroError:
            day = date.max
        return self.obj.relation, day, self.name


def find_files(objects: list[SourceObject], exports_dir: Path) -> list[ExportFile]:
    """The files of each object below `exports_dir`, in loading order."""
    found: dict[tuple[str, str], ExportFile] = {}
    for obj in objects:
        for pattern in obj.files:
            for path in exports_dir.glob(pattern):
                if path.is_file():
                    name = path.relative_to(exports_dir).as_posix()
                    found[obj.relation, name] = ExportFile(path, name, obj)
    return sorted(found.values(), key=lambda file: file.order)


def content_hash(path: Path) -> str:
    """SHA-256 of the file's bytes in hex, read in blocks."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
