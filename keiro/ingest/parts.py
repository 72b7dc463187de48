"""Snapshots that come in several files: which files are parts of one, and the keys of the others.

What a snapshot no longer has is decided over all its parts. A part that comes alone is compared
together with its siblings, which are read once more for it.
"""

import re
from collections.abc import Iterable, Sequence

import duckdb

from keiro.errors import KeiroError
from keiro.ingest.content import Content
from keiro.ingest.declarations import SourceObject
from keiro.ingest.deletions import SIBLINGS, Siblings
from keiro.ingest.files import ExportFile
from keiro.ingest.known import KnownFiles
from keiro.ingest.read import read_content
from keiro.ingest.versions import key_columns

_Group = tuple[str, str, str]


def group_of(obj: SourceObject, name: str) -> _Group | None:
    """What the parts of one snapshot have in common: the name without the part's number."""
    found = re.search(obj.parts, name) if obj.parts else None
    return (obj.relation, name[: found.start(1)], name[found.end(1) :]) if found else None


class Parts:
    """The files of the exports folder by the snapshot that they are parts of."""

    def __init__(self, files: Sequence[ExportFile]) -> None:
        self._groups: dict[_Group, list[ExportFile]] = {}
        for file in files:
            group = group_of(file.obj, file.name)
            if group is not None:
                self._groups.setdefault(group, []).append(file)

    def read_siblings(
        self,
        con: duckdb.DuckDBPyConnection,
        file: ExportFile,
        known: KnownFiles,
        loaded: Iterable[str],
    ) -> Siblings | None:
        """Fill `SIBLINGS` with the keys of the file's siblings; None for a file that has none.

        `loaded` are the names of the files that raw holds of the object.
        """
        group = group_of(file.obj, file.name)
        if group is None:
            return None
        others = [other for other in self._groups[group] if other.name != file.name]
        present = {other.name for other in others} | {file.name}
        gone = sorted(
            name for name in loaded if group_of(file.obj, name) == group and name not in present
        )
        if gone:
            return Siblings(f"{gone[0]} is not in the exports folder any more")
        if not others:
            return None
        return _read_keys(con, file.obj, others, known)


def _read_keys(
    con: duckdb.DuckDBPyConnection,
    obj: SourceObject,
    others: Sequence[ExportFile],
    known: KnownFiles,
) -> Siblings:
    names = ", ".join(key_columns(obj))
    for index, other in enumerate(others):
        with Content(other, known) as content:
            try:
                staged = read_content(con, content)
            except KeiroError:
                return Siblings(f"{other.name} cannot be read")
        if staged.ragged:
            return Siblings(f"{other.name} has rows that do not fit its header")
        into = f"insert into {SIBLINGS}" if index else f"create or replace temp table {SIBLINGS} as"
        con.execute(f"{into} select {names} from temp.keiro_rows")
    return Siblings()
