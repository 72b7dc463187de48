"""One file per kind of dirt, all loaded at once, each into a table of its own."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ingest_project import COLUMNS, Project

from keiro.ingest import FileResult, ensure_schema, load_exports, read_declarations


@dataclass(frozen=True)
class Dirt:
    """A file and its exact outcome: rows as (record_id, email, stage), or the refusal's text.

    `quarantined` are (row number, reason), `lines` the texts kept beside the log, `extra` the
    undeclared cells as JSON, `note` a part of the log's message (None: there is no message).
    """

    name: str
    content: str | bytes
    rows: list[tuple[str | None, ...]] = field(default_factory=list)
    quarantined: list[tuple[int, str]] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    extra: list[str | None] | None = None
    note: str | None = None
    refused: str | None = None
    encoding: str | None = None
    file: str = "a.csv"
    meta: dict[str, Any] = field(default_factory=dict)


class DirtyProject(Project):
    """A project with one table for each kind of dirt."""

    def __init__(self, folder: Path, kinds: list[Dirt]) -> None:
        super().__init__(folder)
        tables = []
        for number, dirt in enumerate(kinds):
            meta = {
                "files": [f"{number}/*"],
                "format": "csv",
                "mode": "append",
                "primary_key": [],
                "encodings": ["utf-8", "cp932", "utf-16"],
                **dirt.meta,
            }
            columns = meta.pop("columns", COLUMNS)
            tables.append(
                {
                    "name": f"t{number}",
                    "identifier": f"crm__t{number}",
                    "config": {"meta": meta},
                    "columns": [
                        {
                            "name": column["name"],
                            "config": {"meta": {k: v for k, v in column.items() if k != "name"}},
                        }
                        for column in columns
                    ],
                }
            )
            self.put(f"{number}/{dirt.file}", dirt.content)
        self.write_sources([{"name": "crm", "schema": "raw", "tables": tables}])
        objects = read_declarations(folder)
        ensure_schema(self.con, objects)
        summary = load_exports(self.con, objects, self.exports)
        self.results = {result.object: result for result in summary.files}

    def check(self, number: int, dirt: Dirt) -> None:
        """The outcome of one kind of dirt is exactly the expected one."""
        result = self.results[f"t{number}"]
        if dirt.refused is not None:
            self._check_refusal(number, dirt, result)
            return
        assert result.status == "loaded", result.message
        assert self.query(
            f"select record_id, email, stage from raw.crm__t{number} order by _row_number"
        ) == [tuple(row) for row in dirt.rows]
        if dirt.extra is not None:
            found = self.query(f"select _extra from raw.crm__t{number} order by _row_number")
            assert [extra for (extra,) in found] == dirt.extra
        assert (
            self.query(
                "select row_number, reason from raw.keiro__quarantine where object = ? order by 1",
                [result.object],
            )
            == dirt.quarantined
        )
        assert [
            text
            for (text,) in self.query(
                "select text from raw.keiro__skipped_lines where object = ? order by line_number",
                [result.object],
            )
        ] == dirt.lines
        # Nothing is lost: each row is in raw, in quarantine, or equal to one in raw.
        assert result.rows_loaded == len(dirt.rows)
        assert result.rows_quarantined == len(dirt.quarantined)
        assert result.rows_in == result.rows_loaded + result.rows_unchanged + len(dirt.quarantined)
        if dirt.note is None:
            assert dirt.quarantined or result.message is None
        else:
            assert dirt.note in str(result.message)
        assert dirt.encoding in (None, result.encoding)

    def _check_refusal(self, number: int, dirt: Dirt, result: FileResult) -> None:
        message = str(result.message)
        assert result.status == "refused", message
        assert message.startswith(f"{number}/{dirt.file}: ")
        assert str(dirt.refused) in message
        assert "remedy: " in message
        assert "example.com" not in message  # no cell of a person
        assert self.query(f"select * from raw.crm__t{number}") == []
