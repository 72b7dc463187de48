"""The load log: what was loaded before, and one row for each delivery."""

from dataclasses import replace
from datetime import datetime

import duckdb

from keiro.ingest.declarations import SourceObject
from keiro.ingest.files import ExportFile, Order, delivery_order
from keiro.ingest.results import FileResult
from keiro.ingest.schema import LOAD_LOG

_ObjectName = tuple[str, str]
_Delivery = tuple[str | None, str]  # content hash and file name


class LoadLog:
    """The state of `raw.keiro__load_log`, read once and kept up to date in memory."""

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        self._con = con
        # By object: the loads in order, and every content and name that came, as duplicates too.
        self._loads: dict[_ObjectName, dict[_Delivery, FileResult]] = {}
        self._seqs: dict[_ObjectName, dict[_Delivery, int]] = {}
        self._orders: dict[tuple[str, str], Order] = {}
        self._names: dict[_ObjectName, set[_Delivery]] = {}
        # By file: the message of each refusal that stands, by content.
        self._refusals: dict[tuple[str, str, str], dict[str | None, str | None]] = {}
        self._last_seq = 0
        rows = con.execute(
            "select source, object, file_name, status, content_hash, format, encoding, rows_in,"
            " rows_loaded, rows_unchanged, rows_quarantined, rows_skipped_preamble, message,"
            f" load_seq from {LOAD_LOG} order by load_seq"
        ).fetchall()
        for *result, message, load_seq in rows:
            self.confirm(replace(FileResult(*result), message=message), load_seq)

    def next_seq(self) -> int:
        """The number of the next delivery; only a written row uses it up."""
        return self._last_seq + 1

    def knows_name(self, result: FileResult) -> bool:
        """Whether the object has had this content under this very name."""
        names = self._names.get((result.source, result.object), set())
        return (result.content_hash, result.file_name) in names

    def original_of(self, file: ExportFile, result: FileResult) -> FileResult | None:
        """The load of the same content under another name; None if it is to be loaded.

        A snapshot that returns to a former state after another one is news, not a duplicate.
        """
        loads = self._loads.get((result.source, result.object), {}).values()
        same = [load for load in loads if load.content_hash == result.content_hash]
        return next((load for load in same if self._says_the_same(file, load)), None)

    def _says_the_same(self, file: ExportFile, load: FileResult) -> bool:
        """Whether a file of the same content as a load has nothing to add to it."""
        obj = file.obj
        if "_file_name" in obj.primary_key:
            return False
        first, this = self._order(obj, load.file_name)[0], self._order(obj, file.name)[0]
        if "_extracted_at" in obj.primary_key:
            return first == this
        if obj.mode != "snapshot":
            return True
        loads = self._loads[obj.source, obj.object].values()
        days = (self._order(obj, other.file_name)[0] for other in loads)
        return not any(min(first, this) < day < max(first, this) for day in days)

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
            and load.rows_loaded > 0
            and self._order(file.obj, load.file_name) < this
            for delivery, load in loads.items()
        )

    def _order(self, obj: SourceObject, name: str) -> Order:
        """The order of a delivery, worked out once: loads are compared pair by pair."""
        if (obj.relation, name) not in self._orders:
            self._orders[obj.relation, name] = delivery_order(obj, name)
        return self._orders[obj.relation, name]

    def load_of(self, result: FileResult) -> FileResult | None:
        """The load of this very content under this very name."""
        loads = self._loads.get((result.source, result.object), {})
        return loads.get((result.content_hash, result.file_name))

    def recovery(self, result: FileResult) -> tuple[str, ...]:
        """A note for a load that ends refusals of its file."""
        name = (result.source, result.object, result.file_name)
        if name not in self._refusals:
            return ()
        reason = (next(reversed(self._refusals[name].values())) or "").splitlines()[0]
        return (f"refused before: {reason.removeprefix(result.file_name + ': ')}",)

    def same_refusal(self, result: FileResult) -> bool:
        """Whether the log holds this very refusal already."""
        standing = self._refusals.get((result.source, result.object, result.file_name), {})
        return result.content_hash in standing and (standing[result.content_hash] == result.message)

    def write(self, result: FileResult, load_seq: int, loaded_at: datetime) -> None:
        """Write the row of a delivery, in the caller's transaction.

        A load ends the refusals of its file, and a refusal replaces the former one of the same
        content: the log holds the state of each delivery once.
        """
        same_file = "source = $source and object = $object and file_name = $file_name"
        parameters: dict[str, str | None] = {
            "source": result.source,
            "object": result.object,
            "file_name": result.file_name,
        }
        if (result.source, result.object, result.file_name) in self._refusals:
            same_content = ""
            if result.status == "refused":
                same_content = " and content_hash is not distinct from $content_hash"
                parameters |= {"content_hash": result.content_hash}
            self._con.execute(
                f"delete from {LOAD_LOG} where status = 'refused' and {same_file}{same_content}",
                parameters,
            )
        self._con.execute(
            f"insert into {LOAD_LOG} values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
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
                result.status,
                result.message,
                load_seq,
                loaded_at,
            ],
        )

    def rewrite(self, result: FileResult, load_seq: int) -> None:
        """Correct the row of a load that was compared again, in the caller's transaction."""
        self._con.execute(
            f"update {LOAD_LOG} set rows_loaded = ?, rows_unchanged = ?, load_seq = ?"
            " where source = ? and object = ? and file_name = ? and content_hash = ?"
            " and status = 'loaded'",
            [
                result.rows_loaded,
                result.rows_unchanged,
                load_seq,
                result.source,
                result.object,
                result.file_name,
                result.content_hash,
            ],
        )

    def confirm(self, result: FileResult, load_seq: int) -> None:
        """Take over what `write` wrote, once its transaction is committed."""
        self._last_seq = max(self._last_seq, load_seq)
        obj, file = (result.source, result.object), (result.source, result.object, result.file_name)
        if result.status == "refused":
            self._refusals.setdefault(file, {})[result.content_hash] = result.message
            return
        self._refusals.pop(file, None)
        self._names.setdefault(obj, set()).add((result.content_hash, result.file_name))
        if result.status == "loaded":
            delivery = result.content_hash, result.file_name
            self._loads.setdefault(obj, {})[delivery] = result
            self._seqs.setdefault(obj, {})[delivery] = load_seq
