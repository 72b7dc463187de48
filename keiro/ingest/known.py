"""What earlier loads learned of files without reading them: stamps and the members of archives.

`raw.keiro__file_stamps` says which content a file had when its size and time, or its tag on a
remote store, were these; `raw.keiro__archive_members` which contents an archive holds.
"""

from collections.abc import Iterable, Sequence

import duckdb

from keiro.ingest.declarations import RAW_SCHEMA
from keiro.ingest.files import ChangedError, Original
from keiro.ingest.survey import Survey, survey
from keiro.transaction import transaction

FILE_STAMPS = f"{RAW_SCHEMA}.keiro__file_stamps"
ARCHIVE_MEMBERS = f"{RAW_SCHEMA}.keiro__archive_members"
_TABLES = {
    FILE_STAMPS: "location varchar not null, file_name varchar not null, stamp varchar not null,"
    " content_hash varchar not null, primary key (location, file_name)",
    # content_hash is null for members that no object has taken yet.
    ARCHIVE_MEMBERS: "archive_hash varchar not null, member varchar not null,"
    " content_hash varchar, primary key (archive_hash, member)",
}


class KnownFiles:
    """The two tables, read once and kept up to date in memory; `save` writes what is new."""

    def __init__(self, con: duckdb.DuckDBPyConnection, location: str) -> None:
        self._con = con
        self._location = location
        for name, definition in _TABLES.items():
            con.execute(f"create table if not exists {name} ({definition})")
        stamps = con.execute(
            f"select file_name, stamp, content_hash from {FILE_STAMPS} where location = ?",
            [location],
        ).fetchall()
        self._stamps = {name: (stamp, digest) for name, stamp, digest in stamps}
        self._members: dict[str, dict[str, str | None]] = {}
        for archive, member, digest in con.execute(f"from {ARCHIVE_MEMBERS}").fetchall():
            self._members.setdefault(archive, {})[member] = digest
        self._read: dict[str, tuple[str | None, str]] = {}
        self._surveys: dict[str, Survey] = {}
        self._states: dict[str, object] = {}
        self._changed: set[str] = set()
        self._new_members: set[tuple[str, str]] = set()

    def hash_by_stamp(self, original: Original) -> str | None:
        """The content hash of a file that has not changed since; None where it must be read."""
        if not original.is_trusted or original.name not in self._stamps:
            return None
        stamp, digest = self._stamps[original.name]
        return digest if original.stamp() == stamp else None

    def hash_of(self, original: Original) -> str:
        """The content hash of a file, read at most once in a run. Raises OSError, KeiroError."""
        if original.name not in self._read:
            known = self.hash_by_stamp(original)
            # The stamp is older than what is read: a change in between is seen next time.
            stamp = original.stamp()
            self._states[original.name] = original.state()
            self._read[original.name] = (stamp, known or self._survey(original).digest)
        return self._read[original.name][1]

    def survey_of(self, original: Original) -> Survey:
        """What the bytes of a file say, which costs nothing where it was hashed by now."""
        return self._surveys.get(original.name) or self._survey(original)

    def _survey(self, original: Original) -> Survey:
        self._surveys[original.name] = survey(original.fetch())
        return self._surveys[original.name]

    def confirm(self, original: Original) -> None:
        """Make sure that what was read of a file is what was hashed.

        Raises ChangedError where it was written since; then it is hashed anew when asked for.
        """
        if original.state() != self._states[original.name]:
            del self._read[original.name], self._states[original.name]
            self._surveys.pop(original.name, None)
            # Its members may be others than those that were found: the next load looks again.
            self._changed.add(original.name)
            raise ChangedError(original.name)

    def members_of(self, archive_hash: str) -> list[str] | None:
        """The members of an archive that was read before; None for any other content."""
        members = self._members.get(archive_hash)
        return None if members is None else list(members)

    def member_hash(self, archive_hash: str, member: str) -> str | None:
        """The content hash of a member that was read before."""
        return self._members.get(archive_hash, {}).get(member)

    def learn_members(self, archive_hash: str, members: Iterable[str]) -> None:
        """Take in what an archive holds."""
        known = self._members.setdefault(archive_hash, {})
        for member in members:
            if member not in known:
                known[member] = None
                self._new_members.add((archive_hash, member))

    def learn_member(self, archive_hash: str, member: str, digest: str) -> None:
        """Take in the content hash of a member."""
        self._members.setdefault(archive_hash, {})[member] = digest
        self._new_members.add((archive_hash, member))

    def save(self, settled: Iterable[Original]) -> None:
        """Write what was learned, and the stamps of files that need not be looked at again."""
        stamps = [
            (self._location, original.name, stamp, digest)
            for original in settled
            if original.is_trusted and original.name not in self._changed
            for stamp, digest in [self._read.get(original.name, (None, ""))]
            if stamp is not None and self._stamps.get(original.name) != (stamp, digest)
        ]
        members = [
            (archive, member, self._members[archive][member])
            for archive, member in sorted(self._new_members)
        ]
        with transaction(self._con):
            self._insert(FILE_STAMPS, stamps)
            self._insert(ARCHIVE_MEMBERS, members)
        self._new_members.clear()
        self._stamps.update({name: (stamp, digest) for _, name, stamp, digest in stamps})

    def _insert(self, table: str, rows: Sequence[tuple[str | None, ...]]) -> None:
        if rows:
            marks = ", ".join("?" for _ in rows[0])
            self._con.executemany(f"insert or replace into {table} values ({marks})", rows)
