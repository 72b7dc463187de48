"""The files that are to be loaded, members of archives among them, and the content of each."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from pathlib import Path
from tempfile import TemporaryDirectory

from keiro.errors import KeiroError
from keiro.ingest.containers import extract, member_names, takes
from keiro.ingest.declarations import SourceObject
from keiro.ingest.files import (
    ExportFile,
    ExportsFolder,
    Original,
    Retry,
    delivery_order,
    once,
)
from keiro.ingest.known import KnownFiles
from keiro.ingest.sniff import is_archive
from keiro.ingest.survey import Survey


@dataclass
class Content:
    """What one file holds: its hash, and a file on disk, fetched and unpacked once and only if
    that is needed, for as long as it is open.

    Both raise OSError for failing I/O and KeiroError for what is wrong with it.
    """

    file: ExportFile
    known: KnownFiles
    _folder: TemporaryDirectory[str] | None = field(default=None, init=False)
    _unpacked: Survey | None = field(default=None, init=False)

    @cached_property
    def digest(self) -> str:
        """BLAKE3 of the content in hex: of the file's bytes, or of a member's."""
        original, member = self.file.original, self.file.member
        whole = self.known.hash_of(original)
        if member is None:
            return whole
        return self.known.member_hash(whole, member) or self._unpack(member).digest

    @cached_property
    def path(self) -> Path:
        """Where the content can be read."""
        member = self.file.member
        if member is None:
            return self.file.original.fetch()
        if self._unpacked is None:
            self._unpack(member)
        return self._target

    @property
    def survey(self) -> Survey:
        """What the bytes at `path` say."""
        member = self.file.member
        if member is None:
            return self.known.survey_of(self.file.original)
        return self._unpacked or self._unpack(member)

    @cached_property
    def scratch(self) -> Path:
        """A folder for what is unpacked and decoded, made for a file that is read."""
        self._folder = TemporaryDirectory(prefix="keiro-")
        return Path(self._folder.name)

    def __enter__(self) -> "Content":
        return self

    def __exit__(self, *_: object) -> None:
        """Delete what was unpacked."""
        if self._folder is not None:
            self._folder.cleanup()

    @property
    def _target(self) -> Path:
        return self.scratch / "member"

    def _unpack(self, member: str) -> Survey:
        original = self.file.original
        whole = self.known.hash_of(original)
        self._unpacked = extract(original.fetch(), member, self._target, self.file.name)
        self.known.learn_member(whole, member, self._unpacked.digest)
        return self._unpacked


def find_files(
    objects: Sequence[SourceObject],
    folder: ExportsFolder,
    known: KnownFiles,
    retry: Retry = once,
) -> list[ExportFile]:
    """The files of each object in `folder`, in loading order.

    An archive that feeds no object stands for itself, once for each source, so that loading it
    can say what is wrong with it. Raises KeiroError and OSError where the folder cannot be listed.
    """
    members: dict[str, list[str] | None] = {}
    found: list[ExportFile] = []
    idle: dict[tuple[str, str], ExportFile] = {}
    fed: set[str] = set()
    for obj in objects:
        for original in retry(partial(folder.matching, obj.files)):
            if original.name not in members:
                members[original.name] = _members(original, known, retry)
            names = members[original.name]
            if names is None:
                found.append(ExportFile(original, original.name, obj))
                continue
            taken = [name for name in names if takes(obj.members, name)]
            found += [ExportFile(original, f"{original.name}/{name}", obj, name) for name in taken]
            if taken:
                fed.add(original.name)
            idle.setdefault((obj.source, original.name), ExportFile(original, original.name, obj))
    found += [file for file in idle.values() if file.name not in fed]
    return sorted(found, key=lambda file: (file.obj.relation, delivery_order(file.obj, file.name)))


def _members(original: Original, known: KnownFiles, retry: Retry) -> list[str] | None:
    """The members of an archive; None for a file that is none, or cannot be read by now."""
    try:
        digest = known.hash_by_stamp(original)
        if digest is not None:
            return known.members_of(digest)
        path = retry(original.fetch)
        if not is_archive(path):
            return None
        names = member_names(path, original.name)
        known.learn_members(known.hash_of(original), names)
        return names
    except (OSError, KeiroError):
        # Loading meets the same fault, may try again, and reports it.
        return None
