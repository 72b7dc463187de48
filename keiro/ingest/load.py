"""Loads the files of the exports folder: each file whole in one transaction, or refused."""

import tempfile
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from keiro.errors import KeiroError
from keiro.ingest.changelog import apply_changes, forget_quarantine, may_be_direct, store_again
from keiro.ingest.content import Content, find_files
from keiro.ingest.declarations import SourceObject
from keiro.ingest.deletions import HeldBackError
from keiro.ingest.delivery import Delivery, DirectLoad
from keiro.ingest.files import ExportFile, ExportsFolder, LocalFolder, Retry, once
from keiro.ingest.known import KnownFiles
from keiro.ingest.log import LoadLog
from keiro.ingest.read import OUR_TROUBLE, read_content
from keiro.ingest.results import FileResult, LoadSummary
from keiro.ingest.skipped import keep_skipped_lines
from keiro.ingest.stage import Staged
from keiro.transaction import transaction

Progress = Callable[[int, int, str], None]


def load_exports(
    con: duckdb.DuckDBPyConnection,
    objects: list[SourceObject],
    exports: Path | ExportsFolder,
    *,
    progress: Progress | None = None,
    retry: Retry = once,
) -> LoadSummary:
    """Load every file of `objects` below `exports` that raw does not hold yet.

    `ensure_schema` must have run. `progress` is called with (files done, files, name) after each
    file. `retry` gets the load of one file, or a look at the folder, as a callable that raises
    OSError for failing I/O, and may call it again: a failed attempt leaves nothing behind. Files
    that cannot be loaded are refused, with a message, and do not stop the others: see
    `LoadSummary.refused`. Raises KeiroError where the folder itself cannot be read.
    """
    # A connection of its own: temporary tables, time zone and transactions stay apart.
    session = con.cursor()
    try:
        session.execute("set TimeZone = 'UTC'")
        folder = LocalFolder(exports) if isinstance(exports, Path) else exports
        known = KnownFiles(session, folder.location)
        files = _find(objects, folder, known, retry)
        log = LoadLog(session)
        _end_refusals_of_archives(session, log, objects, files)
        results = []
        for done, file in enumerate(files, start=1):
            results.append(_load(session, log, known, file, retry))
            if progress is not None:
                progress(done, len(files), file.name)
        _settle(known, files, results)
        folder.tidy()
        return LoadSummary(tuple(results))
    finally:
        session.close()


def _find(
    objects: list[SourceObject], folder: ExportsFolder, known: KnownFiles, retry: Retry
) -> list[ExportFile]:
    try:
        return find_files(objects, folder, known, retry)
    except OSError as error:
        raise KeiroError(
            f"the exports folder cannot be read: {error.strerror}",
            where=folder.location,
            remedy="check that it can be reached, and run again",
        ) from error


def _settle(known: KnownFiles, files: list[ExportFile], results: list[FileResult]) -> None:
    """Keep the stamps of files that raw holds; the others are looked at again."""
    open_files = {
        file.original.name
        for file, result in zip(files, results, strict=True)
        if result.status in ("refused", "held")
    }
    settled = {
        file.original.name: file.original for file in files if file.original.name not in open_files
    }
    known.save(settled.values())
    for original in settled.values():
        original.release()


def _end_refusals_of_archives(
    con: duckdb.DuckDBPyConnection,
    log: LoadLog,
    objects: list[SourceObject],
    files: list[ExportFile],
) -> None:
    """An archive that was refused as a whole feeds an object by now."""
    for name in {file.original.name for file in files if file.member is not None}:
        for obj in objects:
            whole = FileResult(obj.source, obj.object, name, "known")
            if log.is_refused(whole):
                _end_refusals(con, log, whole)


def _load(
    con: duckdb.DuckDBPyConnection,
    log: LoadLog,
    known: KnownFiles,
    file: ExportFile,
    retry: Retry,
) -> FileResult:
    try:
        return retry(lambda: _load_file(con, log, known, file))
    except OSError as error:
        if error.errno in OUR_TROUBLE:
            raise
        return _refuse(
            con,
            log,
            FileResult(file.obj.source, file.obj.object, file.name, "refused"),
            KeiroError(
                f"the file cannot be read: {error.strerror}",
                where=file.name,
                remedy="check that it exists, and that its permissions or connection allow reading",
            ),
        )


def _load_file(
    con: duckdb.DuckDBPyConnection, log: LoadLog, known: KnownFiles, file: ExportFile
) -> FileResult:
    """Load a file whose content is new, or log its second delivery. Raises OSError."""
    result = FileResult(file.obj.source, file.obj.object, file.name, "known")
    with tempfile.TemporaryDirectory(prefix="keiro-") as scratch:
        content = Content(file, known, Path(scratch))
        try:
            result = replace(result, content_hash=content.digest)
            if log.is_latest(result):
                if log.is_refused(result):
                    _end_refusals(con, log, result)
                return _compare_again(con, log, content, result)
            original = log.original_of(file, result)
            if original is not None:
                return _log_duplicate(con, log, result, original)
            return _store(con, log, content, result)
        except HeldBackError as error:
            return _refuse(con, log, replace(result, status="held"), error)
        except KeiroError as error:
            return _refuse(con, log, replace(result, status="refused"), error)


def _end_refusals(con: duckdb.DuckDBPyConnection, log: LoadLog, result: FileResult) -> None:
    with transaction(con):
        log.delete_refusals(result)
    log.confirm_end_of_refusals(result)


def _store(
    con: duckdb.DuckDBPyConnection, log: LoadLog, content: Content, result: FileResult
) -> FileResult:
    """Raw rows, quarantine and log row of one file, in one transaction."""
    delivery = _delivery(log, content.file, result)
    direct = DirectLoad(con, delivery)
    try:
        allowed = direct if may_be_direct(con, content.file.obj) else None
        staged = read_content(con, content, allowed)
        return _store_staged(log, content.file, result, staged, direct)
    finally:
        direct.undo()


def _store_staged(
    log: LoadLog, file: ExportFile, result: FileResult, staged: Staged, direct: DirectLoad
) -> FileResult:
    con, delivery = direct.con, direct.delivery
    with direct.finish():
        if log.load_of(result) is not None:
            forget_quarantine(con, file.obj, delivery)
        accepted = log.is_accepted(result)
        verdicts = apply_changes(file.obj, direct, staged.ragged, accepted=accepted)
        keep_skipped_lines(con, file.obj, file.name, delivery.content_hash, staged.lines)
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
    con: duckdb.DuckDBPyConnection, log: LoadLog, content: Content, result: FileResult
) -> FileResult:
    """A known file: nothing to do, unless an earlier file of its object came in after it."""
    file = content.file
    former = log.load_of(result)
    if former is None or not log.is_overtaken(file, result):
        return result
    staged = read_content(con, content)
    delivery = _delivery(log, file, result)
    with transaction(con):
        before = log.seq_before(result)
        stored, deleted = store_again(con, file.obj, delivery, staged.ragged, before)
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


def _delivery(log: LoadLog, file: ExportFile, result: FileResult) -> Delivery:
    return Delivery(
        file_name=file.name,
        content_hash=str(result.content_hash),
        extracted_at=file.extracted_at,
        load_seq=log.next_seq(),
        loaded_at=datetime.now(UTC),
    )


def _check_accounting(result: FileResult) -> None:
    """Every row of the file has to be somewhere; else the transaction must not be committed."""
    accounted = result.rows_loaded + result.rows_unchanged + result.rows_quarantined
    if result.rows_in != accounted:
        raise KeiroError(
            f"the rows do not add up: {result.rows_in} in the file, {accounted} accounted for",
            where=result.file_name,
            remedy="this is a fault of Keiro: report it with the file's format and layout",
        )


def _log_duplicate(
    con: duckdb.DuckDBPyConnection, log: LoadLog, result: FileResult, original: FileResult
) -> FileResult:
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
    return _log_only(con, log, duplicate)


def _refuse(
    con: duckdb.DuckDBPyConnection, log: LoadLog, result: FileResult, error: KeiroError
) -> FileResult:
    """The row of a refused file; the very same refusal is not logged twice."""
    refusal = replace(result, message=str(error))
    return refusal if log.same_refusal(refusal) else _log_only(con, log, refusal)


def _log_only(con: duckdb.DuckDBPyConnection, log: LoadLog, result: FileResult) -> FileResult:
    load_seq = log.next_seq()
    with transaction(con):
        log.write(result, load_seq, datetime.now(UTC))
    log.confirm(result, load_seq)
    return result
