"""Loads the files of the exports folder: each file whole in one transaction, or refused."""

from collections.abc import Callable
from pathlib import Path

import duckdb

from keiro.ingest.declarations import SourceObject
from keiro.ingest.files import ExportsFolder, Retry, once
from keiro.ingest.loading import Loading
from keiro.ingest.results import LoadSummary

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
    with Loading(con, objects, exports, retry) as loading:
        loading.end_refusals_of_archives(objects)
        results = []
        for done, file in enumerate(loading.files, start=1):
            results.append(loading.load(file))
            if progress is not None:
                progress(done, len(loading.files), file.name)
        loading.settle(results)
        taken = {file.original.name for file in loading.files}
        return LoadSummary(tuple(results), tuple(loading.folder.others(taken)))
