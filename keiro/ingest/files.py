"""The files of an exports folder: the object of each, their order, what tells that one changed."""

import errno
import os
import re
import time
import unicodedata
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Protocol, TypeVar

from keiro.errors import KeiroError
from keiro.ingest.declarations import SourceObject
from keiro.ingest.names import is_meant, is_taken, may_hold, readable

_ARCHIVE = re.compile(r"\.zip$", re.I)
_ENDINGS = re.compile(r"(\.[A-Za-z][A-Za-z0-9]*)+$")
_NUMBER = re.compile("[0-9]+")
# More than any number in a name has: a time in nanoseconds has 19.
_DIGITS = 24
# A file may change twice within the resolution of its file system's clock.
_SETTLED_SECONDS = 2.0


T = TypeVar("T")


class Retry(Protocol):
    """Does something that raises OSError for failing I/O, perhaps more than once."""

    def __call__(self, action: Callable[[], T], /) -> T:
        """The action's result. Raises what its last attempt raised."""


def once(action: Callable[[], T], /) -> T:
    """Do it once."""
    return action()


class ChangedError(OSError):
    """A file was written while it was read."""

    def __init__(self, name: str) -> None:
        """`name` is the file's."""
        super().__init__(errno.EBUSY, "it changed while it was read", name)


class Original(Protocol):
    """A file as it was delivered, in a folder here or on a remote store."""

    @property
    def name(self) -> str:
        """The path below the exports folder."""

    @property
    def is_trusted(self) -> bool:
        """Whether an equal stamp is taken as proof of equal content."""

    def fetch(self) -> Path:
        """The file on a disk of this machine. Raises OSError, and KeiroError for what to mend."""

    def stamp(self) -> str | None:
        """What changes with the content (size and time, or a tag); None where nothing does."""

    def state(self) -> object:
        """What differs once `fetch` gives something else than before. Raises OSError."""

    def release(self) -> None:
        """What `fetch` copied is not needed any more."""


class ExportsFolder(Protocol):
    """Where exports are found."""

    @property
    def location(self) -> str:
        """The folder's own name, without credentials."""

    def matching(self, patterns: Sequence[str]) -> list[Original]:
        """The files that one of the patterns matches. Raises KeiroError, OSError."""

    def others(self, taken: Collection[str]) -> list[str]:
        """The names of files that are there, or were listed, beside those that are taken."""

    def tidy(self) -> None:
        """Delete copies that no file needs any more."""


@dataclass(frozen=True)
class LocalFile:
    """A file on a disk of this machine."""

    path: Path
    name: str
    is_trusted: bool = False

    def fetch(self) -> Path:
        """The file itself."""
        return self.path

    def stamp(self) -> str | None:
        """Size and modification time; None while it may still change unseen."""
        status = self.path.stat()
        if time.time() - status.st_mtime < _SETTLED_SECONDS:
            return None
        return f"{status.st_size} {status.st_mtime_ns}"

    def state(self) -> object:
        """Size, times and place on the disk: whoever writes the file changes one of them."""
        status = self.path.stat()
        return status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino

    def release(self) -> None:
        """Nothing was copied."""


@dataclass(frozen=True)
class LocalFolder:
    """A folder on a disk of this machine.

    `trust_file_times`: a file whose size and time are those of its last load is not read.
    """

    path: Path
    trust_file_times: bool = False

    @property
    def location(self) -> str:
        """The folder's absolute path."""
        return str(self.path.absolute())

    def matching(self, patterns: Sequence[str]) -> list[Original]:
        """The files that one of the globs matches. Raises OSError for a folder that cannot be read.

        Links are followed; one that leads nowhere is a file that cannot be read.
        """
        if not self.path.is_dir():
            raise KeiroError(
                "there is no such folder",
                where=self.location,
                remedy="make it and put exports there, or correct `exports_dir`; `keiro demo`"
                " writes the exports of an invented company",
            )
        found: dict[str, list[Path]] = {}
        for path in map(Path, self._below(str(self.path), patterns, "", ())):
            name = readable(self._raw_name(path))
            if is_taken(patterns, name):
                found.setdefault(name, []).append(path)
        return [
            LocalFile(path, name if len(twins) == 1 else own, self.trust_file_times)
            for name, twins in found.items()
            for path in twins
            # What tells a file from another one whose name reads the same.
            for own in [self._raw_name(path).decode("utf-8", errors="backslashreplace")]
        ]

    def _raw_name(self, path: Path) -> bytes:
        return os.fsencode(path.relative_to(self.path).as_posix())

    def _below(
        self, folder: str, patterns: Sequence[str], name: str, above: tuple[tuple[int, int], ...]
    ) -> Iterator[str]:
        """The files below a folder that patterns may speak of, its own ones first, by name.

        `above` has the folders that lead here, so that no link leads round in circles.
        """
        try:
            status = Path(folder).stat()
        except FileNotFoundError:
            return
        here = (status.st_dev, status.st_ino)
        if here in above:
            return
        with os.scandir(folder) as listed:
            entries = sorted(listed, key=lambda entry: entry.name)
        for entry in entries:
            if entry.is_file(follow_symlinks=False) or _is_link_to_no_folder(entry):
                yield entry.path
        for entry in entries:
            below = f"{name}/{readable(os.fsencode(entry.name))}".lstrip("/")
            if _is_folder(entry) and any(may_hold(pattern, below) for pattern in patterns):
                yield from self._below(entry.path, patterns, below, (*above, here))

    def others(self, taken: Collection[str]) -> list[str]:
        """The names of all files beside those that are taken, as far as folders can be read."""
        known = {unicodedata.normalize("NFC", name) for name in taken}
        names = (
            readable(self._raw_name(Path(folder, file)))
            for folder, _, files in os.walk(self.path)
            for file in files
        )
        return sorted(name for name in names if is_meant(name) and name not in known)

    def tidy(self) -> None:
        """Nothing was copied."""


def _is_folder(entry: "os.DirEntry[str]") -> bool:
    return entry.is_dir(follow_symlinks=False) or (entry.is_symlink() and Path(entry.path).is_dir())


def _is_link_to_no_folder(entry: "os.DirEntry[str]") -> bool:
    """A link to a file, or to nothing; but none to a pipe, whose reader would wait for ever."""
    path = Path(entry.path)
    return entry.is_symlink() and (path.is_file() or not path.exists())


@dataclass(frozen=True)
class ExportFile:
    """A file that an object's patterns match, perhaps a member of an archive.

    `name` is its path below the exports folder; within an archive `archive.zip/member.csv`.
    """

    original: Original
    name: str
    obj: SourceObject
    member: str | None = None

    @property
    def extracted_at(self) -> date | None:
        """The date in the file's name, by the object's declaration. Raises KeiroError."""
        try:
            return self.obj.extraction_date(self.name)
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

    Endings are compared last and numbers by their value, so that `report.zip/a.csv` comes before
    `report (2).zip/a.csv`, and that before `report (10).zip/a.csv`.
    """
    try:
        day = obj.extraction_date(name) or date.min
    except ValueError:
        day = date.max
    *folders, last = name.split("/")
    stems = [_ARCHIVE.sub("", folder) for folder in folders] + [_ENDINGS.sub("", last)]
    return day, _NUMBER.sub(lambda digits: digits[0].zfill(_DIGITS), "\0".join(stems)), name
