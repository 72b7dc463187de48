"""The load log: what was loaded before, and one row for each delivery."""

from dataclasses import replace
from datetime import datetime

import duckdb

from keiro.ingest.files import ExportFile, delivery_order
from keiro.ingest.results import FileResult
from keiro.ingest.schema import LOAD_LOG


class LoadLog:
    """The state of `raw.keiro__load_log`, read once and kept up to date in memory."""

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        self._con = con
        # By object: the loads by content, in order, and all names that a content came under.
        self._loads: dict[tuple[str, str], dict[str | None, FileResult]] = {}
        self._seqs: dict[tuple[str, str], dict[str | None, int]] = {}
        self._names: dict[tuple[str, str], set[tuple[str | None, str]]] = {}
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
        loads = self._loads.get((result.source, result.object), {})
        original = loads.get(result.content_hash)
        if original is None or file.obj.mode != "snapshot" or file.extracted_at is None:
            return original
        first = delivery_order(file.obj, original.file_name)
        this = delivery_order(file.obj, file.name)
        days = (delivery_order(file.obj, load.file_name)[0] for load in loads.values())
        return None if any(first[0] < day < this[0] for day in days) else original

    def is_overtaken(self, file: ExportFile, result: FileResult) -> bool:
        """Whether an earlier file came after this one was loaded, and brought versions.

        What was unchanged then may differ from the version before it now.
        """
        own = self.load_of(result)
        if own is None or not file.obj.versions_follow_dates:
            return False
        seqs = self._seqs[result.source, result.object]
        this = delivery_order(file.obj, file.name)
        return any(
            seqs[load.content_hash] > seqs[own.content_hash]
            and load.rows_loaded > 0
            and delivery_order(file.obj, load.file_name) < this
            for load in self._loads[result.source, result.object].values()
        )

    def load_of(self, result: FileResult) -> FileResult | None:
        """The load of this very content under this very name."""
        load = self._loads.get((result.source, result.object), {}).get(result.content_hash)
        return load if load is not None and load.file_name == result.file_name else None

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
            self._loads.setdefault(obj, {})[result.content_hash] = result
            self._seqs.setdefault(obj, {})[result.content_hash] = load_seq
