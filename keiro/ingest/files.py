"""The files below the exports folder: the object of each, their order, their content."""

import hashlib
from dataclasses import dataclass
from datetime import date
from pathlib import Path, PurePosixPath

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


Order = tuple[date, str, str]


def delivery_order(obj: SourceObject, name: str) -> Order:
    """Where a file stands among those of its object: by date, then by name.

    The ending is compared last, so that `report.csv` comes before `report (1).csv`.
    """
    path = PurePosixPath(name)
    try:
        day = obj.extraction_date(path.name) or date.min
    except ValueError:
        day = date.max
    return day, str(path.with_suffix("")), name


def find_files(objects: list[SourceObject], exports_dir: Path) -> list[ExportFile]:
    """The files of each object below `exports_dir`, in loading order."""
    found: dict[tuple[str, str], ExportFile] = {}
    for obj in objects:
        for pattern in obj.files:
            for path in exports_dir.glob(pattern):
                if path.is_file():
                    name = path.relative_to(exports_dir).as_posix()
                    found[obj.relation, name] = ExportFile(path, name, obj)
    return sorted(
        found.values(), key=lambda file: (file.obj.relation, delivery_order(file.obj, file.name))
    )


def content_hash(path: Path) -> str:
    """SHA-256 of the file's bytes in hex, read in blocks."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
