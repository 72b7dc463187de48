"""One load: what it reads and writes, and how a file of it is loaded or compared again."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from keiro.errors import KeiroError
from keiro.ingest.changelog import (
    Changes,
    apply_changes,
    forget,
    may_be_direct,
    store_again,
)
from keiro.ingest.content import Content, find_files
from keiro.ingest.declarations import SourceObject
from keiro.ingest.deletions import HeldBackError
from keiro.ingest.delivery import DirectLoad, delivery_of
from keiro.ingest.files import ChangedError, ExportFile, ExportsFolder, LocalFolder, Retry
from keiro.ingest.known import KnownFiles
from keiro.ingest.limits import limit_memory
from keiro.ingest.log import LoadLog
from keiro.ingest.parts import Parts
from keiro.ingest.read import OUR_TROUBLE, read_content
from keiro.ingest.results import FileResult
from keiro.ingest.skipped import keep_skipped_lines
from keiro.ingest.stage import Staged
from keiro.transaction import transaction


class Loading:
    """The files of a folder on their way into raw, on a connection of their own.

    Temporary tables, time zone and transactions stay apart from the caller's connection.
    """

    def __init__(
        self,
        con: duckdb.DuckDBPyConnection,
        objects: list[SourceObject],
        exports: Path | ExportsFolder,
        retry: Retry,
    ) -> None:
        self._retry = retry
        self.con = con.cursor()
        try:
            self.con.execute("set TimeZone = 'UTC'")
            self._memory_limit = limit_memory(self.con)
            self.folder = LocalFolder(exports) if isinstance(exports, Path) else exports
            self.known = KnownFiles(self.con, self.folder.location)
            self.files = _find(objects, self.folder, self.known, retry)
            self.log = LoadLog(self.con)
            self._parts = Parts(self.files)
        except BaseException:
            self.con.close()
            raise

    def __enter__(self) -> "Loading":
        return self

    def __exit__(self, *_: object) -> None:
        self.con.execute(f"set memory_limit = '{self._memory_limit}'")
        self.con.close()

    def load(self, file: ExportFile, *, anew: bool = False) -> FileResult:
        """Load a file whose content is new, or any content `anew`; refuse what cannot be loaded."""
        try:
            return self._retry(lambda: self._load_file(file, anew=anew))
        except OSError as error:
            if error.errno in OUR_TROUBLE:
                raise
            return self._refuse(
                FileResult(file.obj.source, file.obj.object, file.name, "refused"),
                _unreadable(file, error),
            )

    def compare_later(self, reloaded: Sequence[ExportFile]) -> None:
        """Compare the loaded files that come after reloaded ones with the versions before them."""
        for relation in {file.obj.relation for file in reloaded}:
            versions = [
                (self.log.version_of(file), file)
                for file in self.files
                if file.obj.relation == relation and file.obj.has_versions
            ]
            first = min(version for version, file in versions if file in reloaded)
            for version, file in sorted(versions, key=lambda entry: entry[0]):
                if version > first and file not in reloaded:
                    with Content(file, self.known) as content:
                        result = replace(self._unread(file), content_hash=content.digest)
                        if self.log.is_latest(result):
                            self._compare_again(content, result, always=True)

    def settle(self, results: Sequence[FileResult]) -> None:
        """Keep the stamps of files that raw holds; the others are looked at again."""
        open_files = {
            file.original.name
            for file, result in zip(self.files, results, strict=True)
            if result.status in ("refused", "held")
        }
        settled = {
            file.original.name: file.original
            for file in self.files
            if file.original.name not in open_files
        }
        self.known.save(settled.values())
        for original in settled.values():
            original.release()
        self.folder.tidy()

    def end_refusals_of_archives(self, objects: list[SourceObject]) -> None:
        """An archive that was refused as a whole feeds an object by now."""
        for name in {file.original.name for file in self.files if file.member is not None}:
            for obj in objects:
                whole = FileResult(obj.source, obj.object, name, "known")
                if self.log.is_refused(whole):
                    self._end_refusals(whole)

    @staticmethod
    def _unread(file: ExportFile) -> FileResult:
        return FileResult(file.obj.source, file.obj.object, file.name, "known")

    def _load_file(self, file: ExportFile, *, anew: bool) -> FileResult:
        """Load a file, or log its second delivery. Raises OSError."""
        result = self._unread(file)
        with Content(file, self.known) as content:
            try:
                result = replace(result, content_hash=content.digest)
                if anew:
                    return self._store(content, result, is_reload=True)
                if self.log.is_latest(result) and not self.log.is_news(file, result):
                    if self.log.is_refused(result):
                        self._end_refusals(result)
                    return self._compare_again(content, result)
                original = self.log.original_of(file, result)
                if original is not None:
                    return self._log_duplicate(result, original)
                return self._store(content, result)
            except HeldBackError as error:
                return self._refuse(replace(result, status="held"), error)
            except KeiroError as error:
                return self._refuse(replace(result, status="refused"), error)

    def _end_refusals(self, result: FileResult) -> None:
        with transaction(self.con):
            self.log.delete_refusals(result)
        self.log.confirm_end_of_refusals(result)

    def _store(
        self, content: Content, result: FileResult, *, is_reload: bool = False
    ) -> FileResult:
        """Raw rows, quarantine and log row of one file, in one transaction.

        What raw holds of a content that is there already is replaced, at its place.
        """
        former = self.log.load_of(result) if self.log.is_latest(result) else None
        seq = self.log.seq_of(result) if former else self.log.next_seq()
        direct = DirectLoad(self.con, delivery_of(content.file, str(result.content_hash), seq))
        is_first = former is None
        allowed = is_first and may_be_direct(self.con, content.file.obj)
        changes = Changes(
            direct,
            siblings=self._parts.read_siblings(
                self.con, content.file, self.known, self.log.files_of(content.file.obj)
            ),
            guarded=is_first and not self.log.is_accepted(result),
            is_reload=is_reload,
        )
        try:
            staged = read_content(self.con, content, direct if allowed else None)
            self.known.confirm(content.file.original)
            return self._store_staged(content.file.obj, result, staged, changes)
        finally:
            direct.undo()

    def _store_staged(
        self, obj: SourceObject, result: FileResult, staged: Staged, changes: Changes
    ) -> FileResult:
        log, delivery = self.log, changes.delivery
        with changes.direct.finish():
            is_anew = log.is_latest(result) and log.load_of(result) is not None
            forget(obj, changes, rows=is_anew)
            if is_anew:
                log.delete_loads(result)
            if changes.is_reload:
                log.end_quarantine(result)
            verdicts = apply_changes(obj, changes, staged.ragged)
            keep_skipped_lines(self.con, obj, result.file_name, delivery.content_hash, staged.lines)
            loaded = replace(
                result,
                status="loaded",
                format=staged.format,
                encoding=staged.encoding,
                rows_in=staged.records - verdicts.skipped,
                rows_loaded=verdicts.loaded,
                rows_unchanged=verdicts.unchanged,
                rows_quarantined=sum(verdicts.quarantined.values()),
                rows_skipped_preamble=staged.skipped + verdicts.skipped,
                rows_deleted=verdicts.deleted,
                message="; ".join((*log.recovery(result), *staged.notes, *verdicts.notes)) or None,
            )
            _check_accounting(loaded)
            log.write(loaded, delivery.load_seq, delivery.loaded_at)
        log.confirm(loaded, delivery.load_seq)
        return loaded

    def _compare_again(
        self, content: Content, result: FileResult, *, always: bool = False
    ) -> FileResult:
        """A known file: nothing to do, unless an earlier file of its object came in after it."""
        log, file = self.log, content.file
        former = log.load_of(result)
        if former is None or not (always or log.is_overtaken(file, result)):
            return result
        siblings = self._parts.read_siblings(self.con, file, self.known, log.files_of(file.obj))
        staged = read_content(self.con, content)
        self.known.confirm(file.original)
        delivery = delivery_of(file, str(result.content_hash), log.next_seq())
        changes = Changes(DirectLoad(self.con, delivery), siblings, guarded=False)
        with transaction(self.con):
            stored, deleted = store_again(file.obj, changes, staged.ragged, log.seq_before(result))
            corrected = replace(
                former,
                rows_loaded=stored,
                rows_unchanged=former.rows_in - former.rows_quarantined - stored,
                rows_deleted=deleted,
            )
            _check_accounting(corrected)
            log.rewrite(corrected, delivery.load_seq)
        log.confirm(corrected, delivery.load_seq)
        return result

    def _log_duplicate(self, result: FileResult, original: FileResult) -> FileResult:
        """The row of a content that was loaded before, under another name."""
        duplicate = replace(
            result,
            status="duplicate_delivery",
            format=original.format,
            encoding=original.encoding,
            rows_in=original.rows_in,
            rows_unchanged=original.rows_in,
            message=f"the same content as {original.file_name}",
        )
        return self._log_only(duplicate)

    def _refuse(self, result: FileResult, error: KeiroError) -> FileResult:
        """The row of a refused file; the very same refusal is not logged twice."""
        refusal = replace(result, message=str(error))
        return refusal if self.log.same_refusal(refusal) else self._log_only(refusal)

    def _log_only(self, result: FileResult) -> FileResult:
        load_seq = self.log.next_seq()
        with transaction(self.con):
            self.log.write(result, load_seq, datetime.now(UTC))
        self.log.confirm(result, load_seq)
        return result


def _find(
    objects: list[SourceObject], folder: ExportsFolder, known: KnownFiles, retry: Retry
) -> list[ExportFile]:
    try:
        return find_files(objects, folder, known, retry)
    except OSError as error:
        raise KeiroError(
            f"the exports folder cannot be read: {error.strerror}",
            where=str(error.filename or folder.location),
            remedy="check that it can be reached and read, and run again",
        ) from error


def _unreadable(file: ExportFile, error: OSError) -> KeiroError:
    remedy = "check that it exists, and that its permissions or connection allow reading"
    if isinstance(error, ChangedError):
        remedy = "run again once it is written whole"
    what = f"the file cannot be read: {error.strerror or error}"
    return KeiroError(what, where=file.name, remedy=remedy)


def _check_accounting(result: FileResult) -> None:
    """Every row of the file has to be somewhere; else the transaction must not be committed."""
    accounted = result.rows_loaded + result.rows_unchanged + result.rows_quarantined
    if result.rows_in != accounted:
        raise KeiroError(
            f"the rows do not add up: {result.rows_in} in the file, {accounted} accounted for",
            where=result.file_name,
            remedy="this is a fault of Keiro: report it with the file's format and layout",
        )
