"""Reads the load log and the quarantine of the work database, and loads a file once more."""

import csv
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from keiro.errors import ExitCode, KeiroError
from keiro.lock import exclusive

if TYPE_CHECKING:
    import duckdb

    from keiro.ingest import FileResult
    from keiro.settings import Settings

LOADS = """
    select
        loaded_at, source || '.' || object as object, file_name, status, rows_in, rows_loaded,
        rows_unchanged, rows_quarantined, rows_deleted, message
    from raw.keiro__load_log
    where
        ($source is null or source = $source)
        and ($status is null or status = $status)
        and ($file is null or file_name glob $file)
    order by load_seq desc
    limit $limit
"""
# Grouped by what is wrong: a person mends a cause, not a row.
QUARANTINE = """
    select
        source || '.' || object as object, file_name, reason, column_name, count(*) as rows,
        array_to_string(list_sort(list(row_number))[:5], ', ') as first_rows
    from raw.keiro__quarantine
    where
        ($source is null or source = $source)
        and ($file is null or file_name glob $file)
    group by source, object, file_name, reason, column_name
    order by max(loaded_at) desc, object, file_name, reason, column_name
"""
QUARANTINED_ROWS = """
    select source, object, file_name, row_number, reason, column_name, raw_row
    from raw.keiro__quarantine
    where
        ($source is null or source = $source)
        and ($file is null or file_name glob $file)
    order by source, object, file_name, row_number
"""
# A cell that begins so is run as a formula by spreadsheets (CWE-1236).
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\0")


@dataclass(frozen=True)
class Chosen:
    """Which deliveries are meant: `file` is a pattern of file names, `None` means all."""

    source: str | None = None
    file: str | None = None


def read_loads(
    settings: "Settings", chosen: Chosen, *, status: str | None = None, limit: int = 50
) -> list[dict[str, Any]]:
    """The newest deliveries first, with the accounting of their rows."""
    return _read(settings, LOADS, {**_values(chosen), "status": status, "limit": limit})


def read_quarantine(settings: "Settings", chosen: Chosen) -> list[dict[str, Any]]:
    """How many rows of which file were put aside for which reason; no value of a row."""
    return _read(settings, QUARANTINE, _values(chosen))


def write_quarantined_rows(settings: "Settings", chosen: Chosen, target: Path) -> int:
    """Write the rows themselves to a CSV file for a spreadsheet; their number.

    They may be personal data: the file is readable to its owner only.
    """
    rows = _read(settings, QUARANTINED_ROWS, _values(chosen))
    target.touch(mode=0o600)
    target.chmod(0o600)
    with target.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(
            ["source", "object", "file_name", "row_number", "reason", "column_name", "raw_row"]
        )
        writer.writerows([_harmless(cell) for cell in row.values()] for row in rows)
    return len(rows)


def load_again(settings: "Settings", name: str) -> "tuple[FileResult, ...]":
    """Load one file as if it had never been loaded, after it or its declaration was mended."""
    from keiro.ingest import ensure_schema, exports_folder, read_declarations, reload_file

    objects = read_declarations(settings.project_dir.resolve())
    exports = exports_folder(
        settings.exports, settings.download_dir, trust_file_times=settings.trust_file_times
    )
    with _exclusive_warehouse(settings) as con:
        ensure_schema(con, objects)
        return reload_file(con, objects, exports, name)


def let_in(settings: "Settings", name: str) -> None:
    """Let the next run load a file that is held back for what it lost."""
    from keiro.ingest import accept_file, read_declarations

    objects = read_declarations(settings.project_dir.resolve())
    with _exclusive_warehouse(settings) as con:
        accept_file(con, objects, name)


def _values(chosen: Chosen) -> dict[str, Any]:
    return {"source": chosen.source, "file": chosen.file}


def _harmless(cell: object) -> object:
    """The cell as text that no spreadsheet takes for a formula."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA_STARTS) else cell


def _read(settings: "Settings", query: str, values: dict[str, Any]) -> list[dict[str, Any]]:
    import duckdb

    warehouse = _existing_warehouse(settings)
    try:
        con = duckdb.connect(str(warehouse), read_only=True)
    except duckdb.IOException as error:
        raise KeiroError(
            "a run is writing to the work database",
            where=str(warehouse),
            remedy="wait until it has ended",
            exit_code=ExitCode.BUSY,
        ) from error
    with con:
        con.execute("set TimeZone = 'UTC'")
        result = con.execute(query, values)
        names: Sequence[str] = [column[0] for column in result.description or ()]
        return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


@contextmanager
def _exclusive_warehouse(settings: "Settings") -> "Iterator[duckdb.DuckDBPyConnection]":
    import duckdb

    warehouse = _existing_warehouse(settings)
    with (
        exclusive(warehouse.with_name(warehouse.name + ".lock")),
        duckdb.connect(str(warehouse)) as con,
    ):
        yield con


def _existing_warehouse(settings: "Settings") -> Path:
    warehouse = settings.path(settings.warehouse)
    if not warehouse.exists():
        raise KeiroError(
            "there is no work database yet",
            where=str(warehouse),
            remedy="run `keiro run` first",
            exit_code=ExitCode.USAGE,
        )
    return warehouse
