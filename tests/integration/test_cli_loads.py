"""`keiro loads`, `quarantine`, `reload` and `accept`, on a project with one source of leads."""

import csv
import json
import stat
from pathlib import Path

import duckdb
import pytest
from typer.testing import CliRunner

from keiro.cli import app
from keiro.errors import ExitCode
from keiro.ingest import ensure_schema, load_exports, read_declarations
from keiro.settings import load_settings
from tests.integration.pipeline_project import write_project

RUNNER = CliRunner()
SNAPSHOT = "leads_2026-10.csv"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Two loaded files; the second holds a key twice, with different days."""
    write_project(tmp_path)
    with (tmp_path / "exports" / "leads_2026-09.csv").open("a", encoding="utf-8") as stream:
        stream.write('=cmd,"2026-09-01"\n=cmd,2026-09-02\n')
    _load(tmp_path)
    return tmp_path


def _load(project: Path) -> None:
    settings = load_settings(project_dir=project)
    warehouse = settings.path(settings.warehouse)
    warehouse.parent.mkdir(exist_ok=True)
    objects = read_declarations(project)
    with duckdb.connect(str(warehouse)) as con:
        ensure_schema(con, objects)
        load_exports(con, objects, project / "exports")


def _keiro(*command: str, project: Path, expect: int = 0) -> str:
    done = RUNNER.invoke(app, [*command, "--project-dir", str(project)])
    assert done.exit_code == expect, done.output
    return done.output


def test_loads_lists_the_newest_first_with_all_rows_accounted_for(project: Path) -> None:
    listed = json.loads(_keiro("loads", "--json", project=project))

    assert [(row["file_name"], row["rows_in"], row["rows_quarantined"]) for row in listed] == [
        ("leads_2026-09.csv", 302, 2),
        ("leads_2026-08.csv", 400, 0),
    ]


def test_loads_can_be_narrowed_to_a_source_a_status_and_a_name(project: Path) -> None:
    assert len(json.loads(_keiro("loads", "--json", "--source", "crm", project=project))) == 2
    assert json.loads(_keiro("loads", "--json", "--source", "web", project=project)) == []
    assert json.loads(_keiro("loads", "--json", "--status", "refused", project=project)) == []
    by_name = json.loads(_keiro("loads", "--json", "--file", "*-08*", project=project))
    assert [row["file_name"] for row in by_name] == ["leads_2026-08.csv"]


def test_tables_are_shown_in_the_readers_language(project: Path) -> None:
    assert "読み込んだファイル" in _keiro("loads", "--language", "ja", project=project)
    assert "隔離された行" in _keiro("quarantine", "--language", "ja", project=project)


def test_quarantine_groups_by_cause_and_shows_no_value(project: Path) -> None:
    (row,) = json.loads(_keiro("quarantine", "--json", project=project))

    assert (row["reason"], row["column_name"], row["rows"]) == ("duplicate_key", "lead_id", 2)
    assert row["first_rows"] == "301, 302"
    assert "=cmd" not in _keiro("quarantine", project=project)


def test_quarantined_rows_are_written_for_their_owner_and_harmless(project: Path) -> None:
    target = project / "aside.csv"
    _keiro("quarantine", "--out", str(target), project=project)

    with target.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert [row["row_number"] for row in rows] == ["301", "302"]
    assert json.loads(rows[0]["raw_row"])["lead_id"] == "=cmd"
    assert stat.S_IMODE(target.stat().st_mode) == 0o600


def test_reload_takes_a_mended_file_in(project: Path) -> None:
    file = project / "exports" / "leads_2026-09.csv"
    file.write_text(file.read_text().replace("=cmd,2026-09-02", "702,2026-09-02"))

    said = _keiro("reload", "leads_2026-09.csv", project=project)

    assert "302 rows = " in said
    assert "0 quarantined" in said
    assert json.loads(_keiro("quarantine", "--json", project=project)) == []


def test_reload_of_an_unknown_file_says_what_there_is(project: Path) -> None:
    said = _keiro("reload", "leads_2026-90.csv", project=project, expect=ExitCode.BAD_INPUT)

    assert "leads_2026-90.csv" in said
    assert "remedy" in said


def test_accept_lets_a_held_file_in(project: Path) -> None:
    sources = project / "models" / "_crm__sources.yml"
    sources.write_text(
        sources.read_text().replace(
            "mode: append", "mode: snapshot\n            extracted_at: '(\\d{4}-\\d{2})'"
        )
    )
    (project / "exports" / SNAPSHOT).write_text("lead_id,created\n1,2026-08-02\n")
    _load(project)
    (held,) = json.loads(_keiro("loads", "--json", "--status", "held", project=project))
    assert f"keiro accept {SNAPSHOT}" in held["message"]

    _keiro("accept", SNAPSHOT, project=project)
    _load(project)

    assert json.loads(_keiro("loads", "--json", "--status", "held", project=project)) == []
    newest = json.loads(_keiro("loads", "--json", "--limit", "1", project=project))[0]
    assert (newest["file_name"], newest["status"], newest["rows_deleted"]) == (
        SNAPSHOT,
        "loaded",
        699,
    )


def test_without_a_work_database_the_remedy_is_a_run(tmp_path: Path) -> None:
    write_project(tmp_path)

    assert "keiro run" in _keiro("loads", project=tmp_path, expect=ExitCode.USAGE)
