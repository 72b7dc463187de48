"""Loads a file once more after it or its declaration was mended, and lets held files in."""

from datetime import UTC, datetime
from pathlib import Path

import duckdb

from keiro.errors import KeiroError
from keiro.ingest.declarations import SourceObject
from keiro.ingest.files import ExportsFolder, Retry, once
from keiro.ingest.loading import Loading
from keiro.ingest.parts import group_of
from keiro.ingest.results import FileResult
from keiro.ingest.schema import ACCEPTED, LOAD_LOG, ensure_schema
from keiro.transaction import transaction


def reload_file(
    con: duckdb.DuckDBPyConnection,
    objects: list[SourceObject],
    exports: Path | ExportsFolder,
    name: str,
    *,
    retry: Retry = once,
) -> tuple[FileResult, ...]:
    """Load a file as if its content had never been loaded; one result for each object it feeds.

    `name` is the file's, or an archive's for all its members. What raw holds of the content, and
    what was put aside of any content that the file had, is replaced in one transaction, at its
    place among the versions; later files are compared with it again. Where loading fails,
    everything stays as it was. Raises KeiroError where no file has the name.
    """
    with Loading(con, objects, exports, retry) as loading:
        files = [file for file in loading.files if name in (file.name, file.original.name)]
        if not files:
            raise KeiroError(
                "no file of this name in the exports folder feeds a source",
                where=name,
                remedy="give the name as `keiro loads` shows it",
            )
        results = tuple(loading.load(file, anew=True) for file in files)
        loading.compare_later(files)
        return results


def accept_file(con: duckdb.DuckDBPyConnection, objects: list[SourceObject], name: str) -> None:
    """Let the next load take a file that is held back, with the other parts of its snapshot.

    Raises KeiroError where no file of that name is held back.
    """
    ensure_schema(con, objects)
    declared = {(obj.source, obj.object): obj for obj in objects}
    held = con.execute(
        f"select source, object, file_name, content_hash from {LOAD_LOG} where status = 'held'"
    ).fetchall()
    chosen = {(row[0], row[1]) for row in held if row[2] == name}
    if not chosen:
        raise KeiroError(
            "no file of this name is held back",
            where=name,
            remedy="`keiro loads --status held` lists those that are",
        )
    with transaction(con):
        for source, object_name, file_name, content in held:
            obj = declared.get((source, object_name))
            if (source, object_name) not in chosen:
                continue
            group = group_of(obj, name) if obj else None
            if file_name == name or (obj and group and group_of(obj, file_name) == group):
                con.execute(
                    f"insert into {ACCEPTED} values (?, ?, ?, ?, ?)",
                    [source, object_name, file_name, content, datetime.now(UTC)],
                )
