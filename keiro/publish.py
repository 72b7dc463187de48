"""Publishing: a new version directory beside the old ones, then one flip of `current`.

Readers are never blocked: who holds the old file goes on reading it, a new connection through
`current` sees the new one. Nothing of raw, staging or intermediate is ever copied.
"""

import json
import os
import shutil
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb

from keiro.export import Descriptions, TableRecord, copy_tables

CURRENT = "current"
DATABASE = "keiro.duckdb"
MANIFEST = "manifest.json"
REPORT = "report.html"
PUBLISHED_SCHEMAS = ("funnel", "kpi", "load")
DRAFT_PREFIX = ".draft-"

WritePage = Callable[[Path, Path], None]


@dataclass(frozen=True)
class Publication:
    """A published version: its name, its folder and what its manifest says."""

    version: str
    folder: Path
    manifest: dict[str, Any]

    @property
    def database(self) -> Path:
        """The DuckDB file of this version."""
        return self.folder / DATABASE

    @property
    def report(self) -> Path:
        """The page of what is current: the address that stays the same for every version."""
        return self.folder.parent / CURRENT / REPORT


def current(published_dir: Path) -> Publication | None:
    """The version that `current` points to now; None where nothing readable is published yet.

    Its folder is the version's own: what is read from it stays of one version whatever is
    published meanwhile.
    """
    link = published_dir / CURRENT
    try:
        folder = published_dir / link.readlink()
    except OSError:
        return None
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        # Where few versions are kept, this one may have been replaced and swept just now.
        moved_on = link.is_symlink() and published_dir / link.readlink() != folder
        return current(published_dir) if moved_on else None
    return Publication(str(manifest["version"]), folder, manifest)


def publish(  # noqa: PLR0913
    warehouse: Path,
    published_dir: Path,
    facts: dict[str, Any],
    *,
    fingerprint: str,
    descriptions: Descriptions,
    keep: int,
    write_page: WritePage | None = None,
    now: datetime | None = None,
) -> Publication:
    """Make a version of the work database's published schemas the current one.

    `facts` go into the manifest as they are (as_of, versions, checks). The caller holds the
    run's lock. Until the last rename nothing that a reader sees has changed; a killed run
    leaves a draft, which the next one sweeps.
    """
    published_dir.mkdir(parents=True, exist_ok=True)
    sweep_drafts(published_dir)
    published_at = now or datetime.now(UTC)
    version = _free_name(published_dir, f"{published_at:%Y%m%dT%H%M%SZ}-{fingerprint[:8]}")
    draft = published_dir / (DRAFT_PREFIX + version)
    draft.mkdir()
    tables = copy_tables(
        warehouse, draft / DATABASE, draft / "parquet", PUBLISHED_SCHEMAS, descriptions
    )
    manifest = {
        "version": version,
        "published_at": published_at.isoformat(timespec="seconds"),
        "fingerprint": fingerprint,
        **facts,
        "flags": _flags_summary(draft / DATABASE),
        "tables": {record.name: _table_entry(record) for record in tables},
    }
    text = json.dumps(manifest, indent=2, ensure_ascii=False, default=str)
    (draft / MANIFEST).write_text(text + "\n", encoding="utf-8")
    if write_page is not None:
        write_page(draft / DATABASE, draft / REPORT)
    _sync_tree(draft)
    folder = published_dir / version
    draft.rename(folder)
    _sync(published_dir)
    _flip(published_dir, version)
    sweep_versions(published_dir, keep)
    return Publication(version, folder, json.loads(text))


def sweep_drafts(published_dir: Path) -> None:
    """Remove what killed runs left; nobody reads a draft. What cannot be removed stays."""
    for draft in published_dir.glob(DRAFT_PREFIX + "*"):
        with suppress(OSError):
            if draft.is_symlink():
                draft.unlink()
            else:
                shutil.rmtree(draft)


def sweep_versions(published_dir: Path, keep: int) -> None:
    """Keep the newest `keep` versions and the current one; leave folders that are no version.

    What cannot be removed is left for the next sweep: the new version is published already.
    """
    pointed = (published_dir / CURRENT).resolve()
    versions = sorted(
        manifest.parent
        for manifest in published_dir.glob(f"*/{MANIFEST}")
        if not manifest.parent.is_symlink() and not manifest.parent.name.startswith(DRAFT_PREFIX)
    )
    for old in versions[:-keep]:
        if old.resolve() != pointed:
            with suppress(OSError):
                _remove(old)


def _remove(version: Path) -> None:
    """Remove a version; killed in the middle, what is left of it is swept like a draft."""
    doomed = version.with_name(DRAFT_PREFIX + version.name)
    version.rename(doomed)
    shutil.rmtree(doomed)


def _free_name(published_dir: Path, name: str) -> str:
    """The name, numbered where it is taken, also by a draft that could not be removed."""
    names = (name + "*", DRAFT_PREFIX + name + "*")
    taken = sum(1 for pattern in names for _ in published_dir.glob(pattern))
    return f"{name}-{taken + 1}" if taken else name


def _table_entry(record: TableRecord) -> dict[str, Any]:
    return {"rows": record.rows, "content_hash": record.content_hash, "columns": record.columns}


def _flags_summary(database: Path) -> dict[str, int]:
    """Open flags by kind and severity, from the published flags."""
    with duckdb.connect(str(database), read_only=True) as con:
        exists = con.execute(
            "select count(*) from duckdb_tables() where schema_name = 'kpi' "
            "and table_name = 'fct_kpi_flags'"
        ).fetchone()
        if not exists or not exists[0]:
            return {}
        rows = con.execute(
            "select kind || '/' || severity, count(*) from kpi.fct_kpi_flags "
            "where closed_at is null group by 1 order by 1"
        ).fetchall()
    return dict(rows)


def _flip(published_dir: Path, version: str) -> None:
    """Point `current` to the version in one rename, relative so that the folder can be moved."""
    link = published_dir / f"{DRAFT_PREFIX}{CURRENT}"
    link.unlink(missing_ok=True)
    link.symlink_to(version, target_is_directory=True)
    link.replace(published_dir / CURRENT)
    _sync(published_dir)


def _sync_tree(folder: Path) -> None:
    """Every file, then every folder from the leaves up, before anything points to them."""
    for path in sorted(folder.rglob("*"), key=lambda path: (path.is_dir(), -len(path.parts))):
        _sync(path)
    _sync(folder)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
