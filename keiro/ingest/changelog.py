"""Raw as a change log: which rows of a file are new versions, which are known, which are unfit.

A row is known where its hash equals the version of its key that was valid at the file's date: the
newest by extraction date, then by load. Everything is decided by sets in DuckDB.
"""

from dataclasses import dataclass

import duckdb

from keiro.ingest.declarations import SourceObject
from keiro.ingest.deletions import (
    Siblings,
    find_vanished,
    hold_back,
    store_tombstones,
)
from keiro.ingest.delivery import Delivery, DirectLoad
from keiro.ingest.judge import RAGGED_ROW, UNCHANGED, judge
from keiro.ingest.labels import quote_identifier
from keiro.ingest.quarantine import note_of, put_aside
from keiro.ingest.schema import LINEAGE, QUARANTINE, SKIPPED_LINES, raw_table
from keiro.ingest.sql import scalar
from keiro.ingest.stage import SKIPPED
from keiro.ingest.versions import LATEST, find_latest, is_empty, key_columns


@dataclass(frozen=True)
class Verdicts:
    """Rows of a file by what became of them; `quarantined` by reason, with row numbers."""

    loaded: int
    unchanged: int
    skipped: int
    deleted: int
    quarantined: dict[str, int]
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Changes:
    """How a file's rows are to be compared: its load, the other parts, and whether to guard.

    A reload replaces what was put aside of the file before.
    """

    direct: DirectLoad
    siblings: Siblings | None = None
    guarded: bool = True
    is_reload: bool = False

    @property
    def delivery(self) -> Delivery:
        """The identity of the load."""
        return self.direct.delivery


def apply_changes(obj: SourceObject, changes: Changes, ragged: int) -> Verdicts:
    """Store the new versions among the staged rows, quarantine the unfit ones, and mark deleted
    what the file no longer has.

    Runs within the caller's transaction, on the tables that a reader staged. Raises HeldBackError
    where the file lost a suspicious share and the changes are `guarded`.
    """
    direct, delivery = changes.direct, changes.delivery
    con = direct.con
    is_known = find_latest(con, obj, delivery)
    judged = judge(con, obj, is_known=is_known and direct.is_open)
    counts = judged.counts
    deleted = 0
    if is_known:
        deleted = _delete(obj, changes, ragged)
    if ragged:
        counts[RAGGED_ROW] = ragged
        con.execute(
            "insert into temp.keiro_verdicts"
            f" select row_number, '{RAGGED_ROW}', null from temp.keiro_ragged"
        )
    repeated = counts.pop(UNCHANGED, 0)
    skipped = sum(counts.pop(reason, 0) for reason in SKIPPED)
    if counts:
        put_aside(con, obj, delivery, ragged)
    notes = [note_of(con, obj, reason, counts[reason]) for reason in sorted(counts)]
    if changes.siblings is not None and changes.siblings.note is not None:
        notes.append(f"nothing is marked deleted: {changes.siblings.note}")
    if direct.is_open:
        loaded, unchanged = _settle(con, obj, delivery), repeated
    else:
        loaded, known = _store(con, obj, changes, is_known=is_known)
        unchanged = repeated + known
    return Verdicts(loaded, unchanged, skipped, deleted, counts, tuple(notes))


def may_be_direct(con: duckdb.DuckDBPyConnection, obj: SourceObject) -> bool:
    """Whether a file's rows are mostly new, so that all may go into raw at first."""
    return not obj.restates or is_empty(con, obj)


def _delete(obj: SourceObject, changes: Changes, ragged: int) -> int:
    """Mark deleted what a snapshot or a window no longer has; how many rows."""
    siblings = changes.siblings
    if not obj.restates or (siblings is not None and not siblings.are_complete):
        return 0
    con, delivery = changes.direct.con, changes.delivery
    vanished = find_vanished(con, obj, ragged, with_siblings=siblings is not None)
    if changes.guarded:
        hold_back(obj, vanished, delivery.file_name)
    return store_tombstones(con, obj, delivery) if vanished.rows else 0


def forget(obj: SourceObject, changes: Changes, *, rows: bool) -> None:
    """Delete what was put aside of a file's very content, before it comes once more.

    A reload ends what was put aside of its former contents too. With `rows`, what raw holds of the
    content is deleted.
    """
    con, delivery = changes.direct.con, changes.delivery
    content = {"file_name": delivery.file_name, "content_hash": delivery.content_hash}
    owner = {"source": obj.source, "object": obj.object, "is_reload": changes.is_reload}
    for table in (QUARANTINE, SKIPPED_LINES):
        con.execute(
            f"delete from {table} where source = $source and object = $object"
            " and file_name = $file_name and ($is_reload or content_hash = $content_hash)",
            owner | content,
        )
    if rows:
        con.execute(
            f"delete from {raw_table(obj)} where _file_name = $file_name"
            " and _content_hash = $content_hash",
            content,
        )


def store_again(
    obj: SourceObject, changes: Changes, ragged: int, seq_before: int
) -> tuple[int, int]:
    """Store the staged rows that differ by now from the version before them.

    For a file that was loaded before an earlier one came in. Gives the number of its rows and of
    its tombstones that raw holds since `seq_before`, when the same content was loaded the time
    before; the unfit rows are in quarantine since the first time.
    """
    con, delivery = changes.direct.con, changes.delivery
    is_known = find_latest(con, obj, delivery)
    if is_known:
        _delete(obj, changes, ragged)
    judge(con, obj, is_known=False)
    _store(con, obj, changes, is_known=is_known)
    row = con.execute(
        "select count(distinct _row_number) filter (not _is_deleted),"
        f" count(distinct ({', '.join(key_columns(obj))})) filter (_is_deleted)"
        f" from {raw_table(obj)} where _file_name = $file_name"
        " and _content_hash = $content_hash and _load_seq > $seq_before",
        {
            "file_name": delivery.file_name,
            "content_hash": delivery.content_hash,
            "seq_before": seq_before,
        },
    ).fetchone()
    return (int(row[0]), int(row[1])) if row else (0, 0)


def _store(
    con: duckdb.DuckDBPyConnection, obj: SourceObject, changes: Changes, *, is_known: bool
) -> tuple[int, int]:
    """Store the staged rows that no verdict and no version in `LATEST` stands against.

    Gives how many those are, and how many raw knew as they are.
    """
    names = [quote_identifier(column.name) for column in obj.columns]
    target = ", ".join([*names, *LINEAGE])
    fit = "temp.keiro_rows anti join temp.keiro_verdicts using (_row_number)"
    candidates = 0
    if is_known:
        candidates = scalar(con, f"select count(*) from {fit}")
    if is_known:
        # Row numbers alone go through the join; the columns of the few new rows are read after it.
        con.execute(
            "create or replace temp table keiro_new as"
            f" select _row_number from {fit} left join {LATEST} using"
            f" ({', '.join(key_columns(obj))}) where known_hash is distinct from _row_hash"
        )
        fit = "temp.keiro_rows semi join temp.keiro_new using (_row_number)"
    stored = scalar(
        con,
        f"""
        insert into {raw_table(obj)} ({target})
        select {", ".join(names)}, _extra, $file_name, $content_hash, _row_number, $day::date,
            _row_hash, $load_seq, $loaded_at, false
        from {fit}
        """,
        changes.delivery.parameters,
    )
    return stored, candidates - stored if is_known else 0


def _settle(con: duckdb.DuckDBPyConnection, obj: SourceObject, delivery: Delivery) -> int:
    """Take the unfit rows of a direct load out of raw again; how many stay."""
    table, own = raw_table(obj), f"_load_seq = {delivery.load_seq}"
    con.execute(
        f"delete from {table} where {own}"
        " and _row_number in (select _row_number from temp.keiro_verdicts)"
    )
    stored = scalar(con, f"select count(*) from {table} where {own}")
    # A commit writes rows that were changed since they were inserted to the log once more, all of
    # them. Altering the table lets it take over the row groups as they are on disk.
    con.execute(f"alter table {table} add column _settled boolean")
    con.execute(f"alter table {table} drop column _settled")
    return stored
