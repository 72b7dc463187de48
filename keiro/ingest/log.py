"""The load log: what was loaded before, and one row for each delivery."""

from dataclasses import replace
from datetime import datetime
from pathlib import Path

import duckdb

from keiro.ingest.files import ExportFile
from keiro.ingest.results import FileResult
from keiro.ingest.schema import LOAD_LOG


class LoadLog:
    """The state of `raw.keiro__load_log`, read once and kept up to date in memory."""

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        self._con = con
        # By object: the loads by content, in order, and all names that a content came under.
        self._loads: dict[tuple[str, str], dict[str | None, FileResult]] = {}
        self._names: dict[tuple[str, str], set[tuple[str | None, str]]] = {}
        # By file: the message of each refusal that stands, by content.
        self._refusals: dict[tuple[str, str, str], dict[str | None, str | None]] = {}
        self._last_seq = 0
        rows = con.execute(
            "select source, object, file_name, status, content_hash, format, encoding, rows_in,"
            f" message, load_seq from {LOAD_LOG} order by load_seq"
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
        dates = {
            load.content_hash: file.obj.extraction_date(Path(load.file_name).name)
            for load in loads.values()
        }
        first = dates[result.content_hash]
        between = (d for d in dates.values() if first and d and first < d < file.extracted_at)
        return None if any(between) else original

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
