"""A project of the repository's own models with chosen sources on, loaded and built for a test.

Only the folders that a test needs are in it, so that dbt parses little: seconds, not half a minute.
"""

import shutil
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import yaml

from keiro.dbt import DbtProject
from keiro.ingest import LoadSummary, ensure_schema, load_exports, read_declarations
from keiro.settings import load_settings
from keiro.text_functions import register_text_functions
from tests.conftest import PROJECT

COPIED = (
    "profiles.yml",
    "macros",
    "seeds",
    "models/_seeds.yml",
    "models/intermediate/contract",
    "models/intermediate/history",
)
PARSED = ("macros", "metrics", "models", "seeds", "tests")


class SourceProject:
    """Repository models below `folder`, with `sources` as the variable of that name.

    `folders` are further model folders, such as `intermediate/people`; the sources' own staging and
    intermediate folders are always in. `variables` override those of the repository's project.
    """

    def __init__(
        self,
        folder: Path,
        sources: Mapping[str, Sequence[str]],
        *,
        exports: Path | None = None,
        folders: Collection[str] = (),
        variables: Mapping[str, Any] | None = None,
    ) -> None:
        self.folder = folder
        self._parsed: tuple[object, DbtProject] | None = None
        # What the sources' own models are called where dbt selects them.
        self.own_models = ("staging", *(f"intermediate.{name}" for name in sources))
        self.exports = exports or folder / "exports"
        self.exports.mkdir(parents=True, exist_ok=True)
        # Metrics speak of the marts, so they come with them.
        metrics = ["metrics"] if "marts" in folders else []
        own = [f"{layer}/{name}" for layer in ("staging", "intermediate") for name in sources]
        for name in (*COPIED, *metrics, *(f"models/{path}" for path in (*own, *folders))):
            self._copy(name)
        declared = yaml.safe_load((PROJECT / "dbt_project.yml").read_text(encoding="utf-8"))
        declared["model-paths"] = ["models", *metrics]
        declared["test-paths"] = ["tests"]
        declared["vars"].update(variables or {})
        declared["vars"]["sources"] = {name: list(inputs) for name, inputs in sources.items()}
        (folder / "dbt_project.yml").write_text(
            yaml.safe_dump(declared, allow_unicode=True), encoding="utf-8"
        )
        self.settings = load_settings(project_dir=folder, exports_dir=self.exports)

    def _copy(self, name: str) -> None:
        """Copies, since a search for files does not go into linked folders."""
        if (PROJECT / name).is_dir():
            shutil.copytree(PROJECT / name, self.folder / name, dirs_exist_ok=True)
        elif (PROJECT / name).exists():
            (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(PROJECT / name, self.folder / name)

    def put(self, name: str, content: str | bytes) -> Path:
        """Write an export file; text is written as UTF-8."""
        path = self.exports / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def connect(self) -> duckdb.DuckDBPyConnection:
        """A connection to the work database; close it before the next build."""
        database = self.settings.path(self.settings.warehouse)
        database.parent.mkdir(parents=True, exist_ok=True)
        con = duckdb.connect(str(database))
        con.execute("set TimeZone = 'UTC'")
        register_text_functions(con)
        return con

    def load(self) -> LoadSummary:
        """Load all exports."""
        objects = read_declarations(self.folder)
        with self.connect() as con:
            ensure_schema(con, objects)
            return load_exports(con, objects, self.exports)

    def build(self, *select: str, exclude: Sequence[str] = (), as_of: date | None = None) -> None:
        """Build and test the selected models, with their seeds and parents by dbt's syntax."""
        day = as_of or self.settings.resolved_as_of
        state = (day, self._written())
        if self._parsed is None or self._parsed[0] != state:
            self._parsed = (state, DbtProject(self.settings, day))
        self._parsed[1].build(
            select=[name for chosen in select for name in chosen.split()], exclude=exclude
        )

    def _written(self) -> frozenset[tuple[str, int, int]]:
        """What is written in the project: as long as it stays so, one parse serves all builds."""
        files = [
            self.folder / "dbt_project.yml",
            self.folder / "profiles.yml",
            *(file for part in PARSED for file in (self.folder / part).rglob("*")),
        ]
        stats = [(str(file), file.stat()) for file in files if file.is_file()]
        return frozenset((name, found.st_mtime_ns, found.st_size) for name, found in stats)

    def query(self, sql: str, values: object = None) -> list[tuple[Any, ...]]:
        """All rows of a query on the work database."""
        with self.connect() as con:
            return con.execute(sql, values).fetchall()


def built_project(
    folder: Path,
    sources: Mapping[str, Sequence[str]],
    *,
    exports: Path | None = None,
    folders: Collection[str] = (),
    select: Sequence[str] = (),
    variables: Mapping[str, Any] | None = None,
) -> SourceProject:
    """Load the exports and build `select` (all models of the project by default)."""
    project = SourceProject(folder, sources, exports=exports, folders=folders, variables=variables)
    refused = project.load().refused
    assert not refused, [file.message for file in refused]
    project.build(*select)
    return project
