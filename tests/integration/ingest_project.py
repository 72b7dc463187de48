"""A small project with one declared source, for the tests of loading."""

from functools import cached_property
from pathlib import Path
from typing import Any

import duckdb
import yaml

from keiro.ingest import LoadSummary, ensure_schema, load_exports, read_declarations
from tests.accounting import check_accounting

COLUMNS: list[dict[str, Any]] = [
    {"name": "record_id", "aliases": ["Record ID", "レコードID"], "required": True},
    {"name": "email", "aliases": ["Email", "Eメール"], "personal": True},
    {"name": "stage", "aliases": ["Stage", "ステージ"]},
]
LINEAGE = [
    "_extra",
    "_file_name",
    "_content_hash",
    "_row_number",
    "_extracted_at",
    "_row_hash",
    "_load_seq",
    "_loaded_at",
    "_is_deleted",
]


class Project:
    """A dbt project in a temporary folder, its exports and its work database."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.exports = folder / "exports"
        self.exports.mkdir(parents=True)
        (folder / "dbt_project.yml").write_text("name: t\nmodel-paths: [models]\n")
        self.database = folder / "work.duckdb"
        self.declare()

    def declare(self, *, columns: list[dict[str, Any]] | None = None, **meta: Any) -> None:
        """(Re)write the source YAML; `meta` overrides the table's settings."""
        settings = {
            "files": ["*.csv", "*.gz", "*.ndjson", "*.parquet"],
            "format": "auto",
            "mode": "snapshot",
            "primary_key": ["record_id"],
            "encodings": ["utf-8", "cp932"],
            **meta,
        }
        table = {
            "name": "contacts",
            "identifier": "crm__contacts",
            "config": {"meta": {k: v for k, v in settings.items() if v is not None}},
            "columns": [
                {"name": c["name"], "config": {"meta": {k: v for k, v in c.items() if k != "name"}}}
                for c in columns or COLUMNS
            ],
        }
        self.write_sources([{"name": "crm", "schema": "raw", "tables": [table]}])

    def write_sources(self, sources: list[dict[str, Any]]) -> Path:
        path = self.folder / "models" / "staging" / "_crm__sources.yml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(yaml.safe_dump({"sources": sources}, allow_unicode=True), encoding="utf-8")
        return path

    def put(self, name: str, content: str | bytes) -> Path:
        path = self.exports / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def load(self, exports: Any = None, **options: Any) -> LoadSummary:
        objects = read_declarations(self.folder)
        ensure_schema(self.con, objects)
        summary = load_exports(self.con, objects, exports or self.exports, **options)
        self.check_log()
        return summary

    def query(self, sql: str, values: object = None) -> list[tuple[Any, ...]]:
        return self.con.execute(sql, values).fetchall()

    @cached_property
    def con(self) -> duckdb.DuckDBPyConnection:
        """The test's connection, opened when it is first needed."""
        con = duckdb.connect(str(self.database))
        con.execute("set TimeZone = 'UTC'")
        return con

    def rows(self, columns: str = "record_id, email, stage") -> list[tuple[Any, ...]]:
        return self.query(
            f"select {columns} from raw.crm__contacts where not _is_deleted"
            " order by _load_seq, _row_number"
        )

    def quarantine(self) -> list[tuple[Any, ...]]:
        return self.query(
            "select row_number, reason, column_name, raw_row from raw.keiro__quarantine"
            " order by loaded_at, row_number"
        )

    def log(self, columns: str = "file_name, status") -> list[tuple[Any, ...]]:
        return self.query(f"select {columns} from raw.keiro__load_log order by load_seq")

    def state(self) -> dict[str, list[tuple[Any, ...]]]:
        """Every table of raw, whole."""
        tables = self.query("select table_name from duckdb_tables() where schema_name = 'raw'")
        return {
            name: sorted(self.query(f"select * from raw.{name}"), key=repr) for (name,) in tables
        }

    def check_log(self) -> None:
        """The invariant of every load."""
        check_accounting(self.con)
