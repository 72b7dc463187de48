"""The load log: what was loaded before, and one row for each delivery."""

from dataclasses import replace
from datetime import date, datetime

import duckdb

from keiro.ingest.declarations import SourceObject
from keiro.ingest.files import ExportFile, Order, delivery_order
from keiro.ingest.results import FileResult
from keiro.ingest.schema import ACCEPTED, LOAD_LOG

_ObjectName = tuple[str, str]
_File = tuple[str, str, str]  # source, object and file name
NOT_LOADED = ("refused", "held")
_Delivery = tuple[str | None, str]  # content hash and file name


def _file(result: FileResult) -> _File:
    return result.source, result.object, result.file_name


class LoadLog:
    """The state of `raw.keiro__load_log`, read once and kept up to date in memory."""

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        self._con = con
        # By object: the last load of each content and name.
        self._loads: dict[_ObjectName, dict[_Delivery, FileResult]] = {}
        self._seqs: dict[_ObjectName, dict[_Delivery, int]] = {}
        self._orders: dict[tuple[str, str], Order] = {}
        # By file: the content that came last, as a duplicate too.
        self._latest: dict[_File, str | None] = {}
        # By file: each refusal that stands, by content; a file held back is refused for now.
        self._refusals: dict[_File, dict[str | None, FileResult]] = {}
        self._last_seq = 0
        rows = con.execute(
            "select source, object, file_name, status, content_hash, format, encoding, rows_in,"
            " rows_loaded, rows_unchanged, rows_quarantined, rows_skipped_preamble,"
            f" rows_deleted, message, load_seq from {LOAD_LOG} order by load_seq"
        ).fetchall()
        for *result, message, load_seq in rows:
            self.confirm(replace(FileResult(*result), message=message), load_seq)

    def is_accepted(self, result: FileResult) -> bool:
        """Whether a person accepted this very content of this file, whatever it lost."""
        return (
            self._con.execute(
                f"select 1 from {ACCEPTED} where source = ? and object = ? and file_name = ?"
                " and content_hash = ?",
                [result.source, result.object, result.file_name, result.content_hash],
            ).fetchone()
            is not None
        )

    def next_seq(self) -> int:
        """The number of the next delivery; only a written row uses it up."""
        return self._last_seq + 1

    def is_latest(self, result: FileResult) -> bool:
        """Whether this content is the one that came last under this very name.

        A file that was overwritten and returns to a former content is news: raw stands at the
        content in between.
        """
        file = _file(result)
        return file in self._latest and self._latest[file] == result.content_hash

    def is_news(self, file: ExportFile, result: FileResult) -> bool:
        """Whether a file that was a second delivery is none any more.

        A file that came in between, or that took the place of the first one, makes the same
        content say something else of its day. Without days the last delivery counts, which it
        was not.
        """
        return (
            file.obj.extracted_at is not None
            and self.load_of(result) is None
            and self._original(file, result) is None
        )

    def original_of(self, file: ExportFile, result: FileResult) -> FileResult | None:
        """The load of the same content under another name; None if it is to be loaded.

        A snapshot that returns to a former state after another one is news, not a duplicate. So
        is content that takes the place of another one, or whose first file was overwritten since.
        """
        return None if _file(result) in self._latest else self._original(file, result)

    def _original(self, file: ExportFile, result: FileResult) -> FileResult | None:
        loads = self._loads.get((result.source, result.object), {}).values()
        same = [
            load
            for load in loads
            if load.content_hash == result.content_hash
            and load.file_name != result.file_name
            and self.is_latest(load)
        ]
        return next((load for load in same if self._says_the_same(file, load)), None)

    def _says_the_same(self, file: ExportFile, load: FileResult) -> bool:
        """Whether a file of the same content as an earlier load has nothing to add to it."""
        obj = file.obj
        if "_file_name" in obj.primary_key:
            return False
        first, this = self._order(obj, load.file_name), self._order(obj, file.name)
        if "_extracted_at" in obj.primary_key or "_extracted_at" in obj.window:
            return first[0] == this[0]
        if first[0] > this[0]:
            return False  # what it says was true before
        if not obj.restates:
            return True
        loads, seqs = self._loads[obj.source, obj.object], self._seqs[obj.source, obj.object]
        original = seqs[load.content_hash, load.file_name]
        if obj.extracted_at is None:
            return not any(seq > original for seq in seqs.values())
        return first < this and not any(
            first < self._order(obj, other.file_name) < this for other in loads.values()
        )

    def is_overtaken(self, file: ExportFile, result: FileResult) -> bool:
        """Whether an earlier file came after this one was loaded, and brought versions.

        What was unchanged then may differ from the version before it now.
        """
        if self.load_of(result) is None or not file.obj.versions_follow_dates:
            return False
        loads = self._loads[result.source, result.object]
        seqs = self._seqs[result.source, result.object]
        this = self._order(file.obj, file.name)
        return any(
            seqs[delivery] > seqs[result.content_hash, result.file_name]
            and load.rows_loaded + load.rows_deleted > 0
            and self._order(file.obj, load.file_name) < this
            for delivery, load in loads.items()
        )

    def _order(self, obj: SourceObject, name: str) -> Order:
        """The order of a delivery, worked out once: loads are compared pair by pair."""
        if (obj.relation, name) not in self._orders:
            self._orders[obj.relation, name] = delivery_order(obj, name)
        return self._orders[obj.relation, name]

    def version_of(self, file: ExportFile) -> tuple[date, int]:
        """Where the file's last load stands among the versions; first of all if it has none."""
        obj = file.obj
        content = self._latest.get((obj.source, obj.object, file.name))
        seqs = self._seqs.get((obj.source, obj.object), {})
        return self._order(obj, file.name)[0], seqs.get((content, file.name), 0)

    def seq_of(self, result: FileResult) -> int:
        """The number of the last load of this content and name."""
        return self._seqs[result.source, result.object][result.content_hash, result.file_name]

    def files_of(self, obj: SourceObject) -> list[str]:
        """The names of all files that were loaded into an object."""
        loads = self._loads.get((obj.source, obj.object), {})
        return sorted({load.file_name for load in loads.values()})

    def delete_loads(self, result: FileResult) -> None:
        """Delete the rows of a content's loads, which a new one replaces, in the transaction."""
        self._con.execute(
            f"delete from {LOAD_LOG} where source = ? and object = ? and file_name = ?"
            " and content_hash = ? and status in ('loaded', 'duplicate_delivery')",
            [result.source, result.object, result.file_name, result.content_hash],
        )

    def end_quarantine(self, result: FileResult) -> None:
        """Take the rows that a mended file brings anew off its former contents' loads."""
        self._con.execute(
            f"update {LOAD_LOG} set rows_in = rows_in - rows_quarantined, rows_quarantined = 0,"
            " message = rows_quarantined || ' quarantined rows came again with a reload'"
            " where source = ? and object = ? and file_name = ? and content_hash <> ?"
            " and status = 'loaded' and rows_quarantined > 0",
            [result.source, result.object, result.file_name, result.content_hash],
        )

    def load_of(self, result: FileResult) -> FileResult | None:
        """The load of this very content under this very name."""
        loads = self._loads.get((result.source, result.object), {})
        return loads.get((result.content_hash, result.file_name))

    def seq_before(self, result: FileResult) -> int:
        """The number of the load before the last one of this content and name; 0 if none."""
        latest = self.seq_of(result)
        row = self._con.execute(
            f"select coalesce(max(load_seq), 0) from {LOAD_LOG} where source = ? and object = ?"
            " and file_name = ? and content_hash = ? and status = 'loaded' and load_seq < ?",
            [result.source, result.object, result.file_name, result.content_hash, latest],
        ).fetchone()
        return int(row[0]) if row else 0

    def recovery(self, result: FileResult) -> tuple[str, ...]:
        """A note for a load that ends refusals of its file."""
        name = _file(result)
        if name not in self._refusals:
            return ()
        last = next(reversed(self._refusals[name].values()))
        reason = (last.message or "").splitlines()[0]
        return (f"{last.status} before: {reason.removeprefix(result.file_name + ': ')}",)

    def same_refusal(self, result: FileResult) -> bool:
        """Whether the log holds this very refusal already."""
        standing = self._refusals.get(_file(result), {}).get(result.content_hash)
        return standing is not None and standing.message == result.message

    def is_refused(self, result: FileResult) -> bool:
        """Whether the log holds a refusal of this file, of whatever content."""
        return _file(result) in self._refusals

    def write(self, result: FileResult, load_seq: int, loaded_at: datetime) -> None:
        """Write the row of a delivery, in the caller's transaction.

        A load ends the refusals of its file, and a refusal replaces the former one of the same
        content: the log holds the state of each delivery once.
        """
        if self.is_refused(result):
            self.delete_refusals(result)
        self._con.execute(
            f"insert into {LOAD_LOG} values ({', '.join('?' * 16)})",
            [
                result.source,
                result.object,
                result.file_name,
                result.content_hash,
                result.format,
                result.encoding,
                result.rows_in,
                result.rows_loaded,
                result.rows_unchanged,
                result.rows_quarantined,
                result.rows_skipped_preamble,
                result.rows_deleted,
                result.status,
                result.message,
                load_seq,
                loaded_at,
            ],
        )

    def delete_refusals(self, result: FileResult) -> None:
        """Delete what the result ends, in the caller's transaction.

        A refusal ends the former ones of the same content, anything else all of the file.
        """
        self._con.execute(
            f"delete from {LOAD_LOG} where status in ('refused', 'held') and source = $source"
            " and object = $object and file_name = $file_name"
            " and ($all_contents or content_hash is not distinct from $content_hash)",
            {
                "source": result.source,
                "object": result.object,
                "file_name": result.file_name,
                "all_contents": result.status not in NOT_LOADED,
                "content_hash": result.content_hash,
            },
        )

    def confirm_end_of_refusals(self, result: FileResult) -> None:
        """Take over what `delete_refusals` did, once its transaction is committed."""
        self._refusals.pop(_file(result), None)

    def rewrite(self, result: FileResult, load_seq: int) -> None:
        """Correct the row of a load that was compared again, in the caller's transaction."""
        self._con.execute(
            f"update {LOAD_LOG} set rows_loaded = ?, rows_unchanged = ?, rows_deleted = ?,"
            " load_seq = ?"
            " where source = ? and object = ? and file_name = ? and content_hash = ?"
            " and status = 'loaded' and load_seq = ?",
            [
                result.rows_loaded,
                result.rows_unchanged,
                result.rows_deleted,
                load_seq,
                result.source,
                result.object,
                result.file_name,
                result.content_hash,
                self.seq_of(result),
            ],
        )

    def confirm(self, result: FileResult, load_seq: int) -> None:
        """Take over what `write` wrote, once its transaction is committed."""
        self._last_seq = max(self._last_seq, load_seq)
        obj, file = (result.source, result.object), _file(result)
        if result.status in NOT_LOADED:
            self._refusals.setdefault(file, {})[result.content_hash] = result
            return
        self._refusals.pop(file, None)
        self._latest[file] = result.content_hash
        if result.status == "loaded":
            delivery = result.content_hash, result.file_name
            self._loads.setdefault(obj, {})[delivery] = result
            self._seqs.setdefault(obj, {})[delivery] = load_seq
