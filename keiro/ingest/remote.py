"""Exports on `s3://`, `gs://`, `sftp://` and `https://`, through fsspec.

What is new or changed is downloaded into a cache folder and loaded from there; what raw holds
already is known by its tag, or by its size and time, and is not downloaded again. Options and
credentials come from the environment only: those of each store's own libraries (`AWS_…`,
`GOOGLE_APPLICATION_CREDENTIALS`, the SSH agent) and fsspec's `FSSPEC_<PROTOCOL>_<OPTION>`.
"""

import hashlib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from keiro.errors import ExitCode, KeiroError
from keiro.ingest.files import LocalFolder, Original
from keiro.ingest.names import is_meant, is_taken
from keiro.ingest.remote_errors import explained
from keiro.ingest.remote_options import SCHEMES, remote_options

_TAGS = ("ETag", "etag", "md5Hash", "md5", "Content-MD5", "Digest", "generation")
_TIMES = ("mtime", "LastModified", "Last-Modified", "updated", "modified")
_PARTIAL = ".part"
# A file may change twice within the resolution of its store's clock.
_SETTLED = timedelta(seconds=2)


def exports_folder(
    place: Path | str, cache_dir: Path, *, trust_file_times: bool = False
) -> "LocalFolder | RemoteFolder":
    """The exports folder at a path or URL. Raises KeiroError for a URL that cannot be one."""
    if isinstance(place, Path):
        return LocalFolder(place, trust_file_times)
    return RemoteFolder(place.rstrip("/"), cache_dir)


@dataclass
class RemoteFile:
    """A file on a remote store; `key` is what the store calls it, `tag` changes with it."""

    folder: "RemoteFolder"
    name: str
    key: str
    size: int | None
    tag: str | None
    _is_fresh: bool = field(default=False, init=False)

    @property
    def is_trusted(self) -> bool:
        """Reading it again to see whether it changed would mean to download it again."""
        return self.tag is not None

    def stamp(self) -> str | None:
        """Size and tag, or size and time."""
        return None if self.tag is None else f"{self.size} {self.tag}"

    def fetch(self) -> Path:
        """The file's copy in the cache folder, downloaded now if it is not there yet.

        A copy has its name only once it is whole. Raises OSError for a failing connection.
        """
        target = self.copy
        if not target.exists() or not (self._is_fresh or self.is_trusted):
            target.parent.mkdir(parents=True, exist_ok=True)
            partial = target.with_name(target.name + _PARTIAL)
            with explained(f"{self.folder.location}/{self.name}"):
                self.folder.store.get_file(self.key, str(partial))
            size = partial.stat().st_size
            if self.size is not None and size != self.size:
                raise OSError(f"the download has {size} of {self.size} bytes")
            partial.replace(target)
        self._is_fresh = True
        return target

    def state(self) -> object:
        """Nothing: what was downloaded stays as it is."""

    def release(self) -> None:
        """Delete the copy."""
        self.copy.unlink(missing_ok=True)

    @property
    def copy(self) -> Path:
        """Where the file is once it is downloaded."""
        identity = f"{self.folder.location}\0{self.name}\0{self.stamp()}"
        return self.folder.cache_dir / hashlib.sha256(identity.encode()).hexdigest()


@dataclass
class RemoteFolder:
    """A folder of a remote store by its URL, listed once."""

    url: str
    cache_dir: Path
    _listings: dict[str, list[RemoteFile]] = field(default_factory=dict, init=False)
    _found: dict[str, RemoteFile] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        parts = urlsplit(self.url)
        if parts.scheme not in SCHEMES:
            raise _wrong_url(
                f"no exports can be read from {parts.scheme}://",
                parts.scheme,
                f"use a folder or a URL that begins with {', '.join(s + '://' for s in SCHEMES)}",
            )
        if parts.password is not None or parts.query:
            raise _wrong_url(
                "the URL holds a password or a signature",
                self.location,
                "leave it out and give it in the environment: docs/settings.md says how",
            )
        if not parts.netloc:
            raise _wrong_url("the URL names no host or bucket", self.location, "write it whole")

    @property
    def location(self) -> str:
        """The URL without user, password and query."""
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"

    def matching(self, patterns: Sequence[str]) -> list[Original]:
        """The files that one of the globs matches, by name.

        Raises KeiroError where the folder is not there or may not be read, and OSError for a
        failing connection.
        """
        listed = {
            file.name: file
            for pattern in patterns
            for file in self._listing(_fixed_folder(pattern))
            if is_taken([pattern], file.name)
        }
        for name in sorted(listed.keys() - self._found.keys()):
            self._found[name] = self._described(listed[name])
        return [self._found[name] for name in sorted(listed)]

    def others(self, taken: Collection[str]) -> list[str]:
        """The names that were listed beside those that are taken: nothing more is asked for."""
        listed = {file.name for listing in self._listings.values() for file in listing}
        return sorted(name for name in listed if is_meant(name) and name not in taken)

    def tidy(self) -> None:
        """Delete the copies of what is not there any more, or is there with another content."""
        wanted = {file.copy for file in self._found.values()}
        for copy in self.cache_dir.glob("*"):
            if copy not in wanted:
                copy.unlink(missing_ok=True)

    @cached_property
    def store(self) -> Any:
        """The fsspec file system."""
        return self._opened[0]

    @cached_property
    def _opened(self) -> tuple[Any, str]:
        """The file system, and what it calls this folder."""
        with explained(self.location):
            from fsspec.core import url_to_fs  # type: ignore[import-untyped]

            store, root = url_to_fs(self.url, **remote_options(self.url))
        return store, str(root).rstrip("/")

    @cached_property
    def _is_there(self) -> bool:
        return bool(self.store.exists(self._opened[1]))

    def _listing(self, folder: str) -> list[RemoteFile]:
        """All files below a folder that a pattern begins with, asked for once."""
        if folder not in self._listings:
            self._listings[folder] = list(self._list(folder))
        return self._listings[folder]

    def _list(self, folder: str) -> Iterable[RemoteFile]:
        root = self._opened[1]
        start = f"{root}/{folder}" if folder else root
        with explained(f"{self.location}/{folder}".rstrip("/")):
            try:
                found = self.store.find(start, detail=True, **self._strictly)
            except FileNotFoundError:
                # A pattern may speak of a folder that is not there yet; a gap is another thing.
                if start == root or self.store.exists(start) or not self._is_there:
                    raise
                return
            if not found and not self._is_there:
                raise FileNotFoundError(root)  # a bucket knows no empty folders
            for key, about in sorted(found.items()):
                name = unquote(key) if self._is_web else key
                name = name.removeprefix(unquote(root) if self._is_web else root).lstrip("/")
                if about.get("type") == "file" and name and self._is_inside(key, name):
                    yield self._file(key, name, about)

    @property
    def _strictly(self) -> dict[str, str]:
        """What makes a walk from folder to folder say where it fails; buckets list at once."""
        return {} if self.url.startswith(("s3://", "gs://")) else {"on_error": "raise"}

    @property
    def _is_web(self) -> bool:
        return self.url.startswith("https://")

    def _is_inside(self, key: str, name: str) -> bool:
        """A page may link anything: to sort itself, to its parents, to other hosts."""
        if not self._is_web:
            return True
        below = key.startswith(self._opened[1] + "/") and ".." not in name.split("/")
        return below and "?" not in key and "#" not in key

    def _file(self, key: str, name: str, about: dict[str, Any]) -> RemoteFile:
        return RemoteFile(self, name, key, about.get("size"), _tag(about))

    def _described(self, file: RemoteFile) -> RemoteFile:
        """The file with its size and tag, which a page of links does not tell."""
        if not self._is_web:
            return file
        try:
            with explained(f"{self.location}/{file.name}"):
                return self._file(file.key, file.name, self.store.info(file.key))
        except KeiroError:
            return file  # its download fails the same way, and is reported for this one file


def _tag(about: dict[str, Any]) -> str | None:
    """What a store says of a content; None where that is nothing, or may not be the last word."""
    tag = next((about[name] for name in _TAGS if about.get(name)), None)
    time = next((about[name] for name in _TIMES if about.get(name)), None)
    if tag is None and isinstance(time, datetime):
        aware = time if time.tzinfo else time.replace(tzinfo=UTC)
        if datetime.now(UTC) - aware < _SETTLED:
            return None
    return str(tag or time) if tag or time else None


def _fixed_folder(pattern: str) -> str:
    """The folders that a pattern names without a wildcard: only below them is it looked for."""
    parts = pattern.split("/")[:-1]
    wild = next((i for i, part in enumerate(parts) if any(c in part for c in "*?[")), len(parts))
    return "/".join(parts[:wild])


def _wrong_url(what: str, where: str, remedy: str) -> KeiroError:
    return KeiroError(what, where=f"exports_dir {where}", remedy=remedy, exit_code=ExitCode.USAGE)
