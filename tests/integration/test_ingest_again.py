"""Reloading a file after a fix, and accepting one that was held back."""

from pathlib import Path

import pytest
from ingest_project import COLUMNS, Project
from test_ingest_snapshots import live, snapshot

from keiro.errors import KeiroError
from keiro.ingest import FileResult, accept_file, ensure_schema, read_declarations, reload_file

DATED = r"(\d{4}-\d{2}-\d{2})"
HEADER = "Record ID,Email,Stage\n"
WHOLE = {str(key): "A" for key in range(40)}


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path)


def reload(project: Project, name: str) -> tuple[FileResult, ...]:
    objects = read_declarations(project.folder)
    ensure_schema(project.con, objects)
    results = reload_file(project.con, objects, project.exports, name)
    project.check_log()
    return results


def accept(project: Project, name: str) -> None:
    accept_file(project.con, read_declarations(project.folder), name)


def settled(project: Project) -> None:
    """Another load finds nothing to do."""
    before = project.state()
    project.load()
    assert project.state() == before


def test_a_file_is_loaded_anew_after_its_declaration_was_mended(project: Project) -> None:
    project.put("a.csv", "Record ID,Score\n1,10\n2,20\n2,30\n")
    project.load()
    assert [reason for _, reason, _, _ in project.quarantine()] == ["duplicate_key"] * 2
    score = {"name": "score", "aliases": ["Score"]}
    project.declare(columns=[*COLUMNS, score], primary_key=["record_id", "score"])
    (result,) = reload(project, "a.csv")
    assert (result.status, result.rows_in, result.rows_loaded) == ("loaded", 3, 3)
    assert project.quarantine() == []
    assert project.rows("record_id, score, _extra, _load_seq") == [
        ("1", "10", None, 1),
        ("2", "20", None, 1),
        ("2", "30", None, 1),
    ]
    assert project.log() == [("a.csv", "loaded")]
    settled(project)


def test_a_reloaded_file_stays_before_the_later_ones(project: Project) -> None:
    """Without dates the order of loading counts; a later file's row stays the newest."""
    project.declare(mode="append")
    project.put("a.csv", HEADER + "1,,A\n2,,A\n")
    project.put("b.csv", HEADER + "1,,B\n2,,A\n")
    project.load()
    reload(project, "a.csv")
    assert live(project) == {"1": "B", "2": "A"}
    assert project.log("file_name, rows_loaded, rows_unchanged") == [
        ("a.csv", 2, 0),
        ("b.csv", 1, 1),
    ]
    settled(project)


def test_later_snapshots_stay_right_when_an_earlier_one_is_reloaded(project: Project) -> None:
    """What the reload no longer brings is brought by the later file that had it too."""
    project.declare(extracted_at=DATED)
    project.put("c-2026-01-01.csv", HEADER + "1,,A\n2,,A\n3,,A\n")
    project.put("c-2026-01-02.csv", HEADER + "1,,A\n2,,B\n")
    project.load()
    project.declare(extracted_at=DATED, totals=["1"])
    reload(project, "c-2026-01-01.csv")
    assert live(project, "2026-01-01") == {"2": "A", "3": "A"}
    assert live(project, "2026-01-02") == {"2": "B"}
    project.declare(extracted_at=DATED)
    reload(project, "c-2026-01-01.csv")
    assert live(project, "2026-01-01") == dict.fromkeys("123", "A")
    assert live(project, "2026-01-02") == {"1": "A", "2": "B"}
    settled(project)


def test_a_reload_that_fails_leaves_everything(project: Project) -> None:
    project.put("a.csv", HEADER + "1,,A\n")
    project.load()
    project.declare(columns=[*COLUMNS, {"name": "owner", "required": True}])
    (result,) = reload(project, "a.csv")
    assert result.status == "refused"
    assert live(project) == {"1": "A"}
    with pytest.raises(KeiroError, match="no file of this name"):
        reload(project, "b.csv")


def test_an_accepted_file_is_loaded_and_stays_accepted(project: Project) -> None:
    project.declare(extracted_at=DATED)
    project.put("c-2026-01-01.csv", snapshot(WHOLE))
    project.put("c-2026-01-02.csv", snapshot({"1": "B"}))
    project.load()
    with pytest.raises(KeiroError, match="no file of this name is held back"):
        accept(project, "c-2026-01-01.csv")
    accept(project, "c-2026-01-02.csv")
    (result,) = project.load().new
    assert (result.rows_loaded, result.rows_deleted) == (1, 39)
    assert live(project) == {"1": "B"}
    assert live(project, "2026-01-01") == WHOLE
    reload(project, "c-2026-01-02.csv")
    assert live(project) == {"1": "B"}
    project.put("c-2026-01-03.csv", snapshot(WHOLE))
    project.put("c-2026-01-04.csv", snapshot({"1": "B"}))
    assert [file.status for file in project.load().files[2:]] == ["loaded", "held"]
    assert live(project) == WHOLE


def test_an_accepted_content_says_nothing_of_another(project: Project) -> None:
    project.declare(extracted_at=DATED)
    project.put("c-2026-01-01.csv", snapshot(WHOLE))
    project.put("c-2026-01-02.csv", snapshot({"1": "B"}))
    project.load()
    accept(project, "c-2026-01-02.csv")
    project.put("c-2026-01-02.csv", snapshot({"2": "B"}))
    assert project.load().files[1].status == "held"
    assert live(project) == WHOLE
