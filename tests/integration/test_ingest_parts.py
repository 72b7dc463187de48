"""A snapshot in several files: what is gone is decided over all of them."""

import io
import zipfile
from pathlib import Path

import pytest
from ingest_project import Project
from test_ingest_again import accept
from test_ingest_snapshots import live, snapshot

from keiro.ingest import LoadSummary

A = dict.fromkeys("123", "A")
B = dict.fromkeys("456", "A")


@pytest.fixture
def project(tmp_path: Path) -> Project:
    project = Project(tmp_path)
    project.declare(files=["*.ZIP"], members=["Contact.csv"], parts=r"(?i)_(\d+)\.zip")
    return project


def weekly(project: Project, **parts: dict[str, str]) -> LoadSummary:
    """Write the named parts of the week's export and load them."""
    for number, rows in parts.items():
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            info = zipfile.ZipInfo("Contact.csv", (2026, 1, 1, 0, 0, 0))
            archive.writestr(info, snapshot(rows))
        project.put(f"WE_00D_{number.removeprefix('p')}.ZIP", packed.getvalue())
    return project.load()


def test_parts_do_not_delete_each_other(project: Project) -> None:
    weekly(project, p1=A, p2=B, p3={})
    assert live(project) == A | B
    weekly(project, p1={"1": "B"}, p2={**B, "2": "A"}, p3={})
    assert live(project) == {**B, "1": "B", "2": "A"}
    assert [row for row in project.log("file_name, rows_deleted") if row[1]] == [
        ("WE_00D_1.ZIP/Contact.csv", 1)
    ]


def test_a_part_that_comes_in_a_later_run_is_taken_with_its_siblings(project: Project) -> None:
    weekly(project, p1=A)
    weekly(project, p2=B)
    assert live(project) == A | B
    weekly(project, p2={"4": "A"})
    assert live(project) == A | {"4": "A"}


def test_a_copy_of_another_part_is_a_second_delivery(project: Project) -> None:
    assert [f.status for f in weekly(project, p1=A, p2=A).files] == ["loaded", "duplicate_delivery"]
    assert live(project) == A


def test_nothing_is_deleted_while_a_part_is_missing(project: Project) -> None:
    weekly(project, p1=A, p2=B)
    (project.exports / "WE_00D_2.ZIP").unlink()
    (result,) = weekly(project, p1={"1": "B"}).new
    assert live(project) == A | B | {"1": "B"}
    assert result.message == (
        "nothing is marked deleted: WE_00D_2.ZIP/Contact.csv is not in the exports folder any more"
    )


def test_all_parts_of_a_suspicious_snapshot_are_held_and_accepted(project: Project) -> None:
    whole = {str(key): "A" for key in range(40)}
    weekly(project, p1=whole, p2={"x": "A"})
    summary = weekly(project, p1={"1": "B"}, p2={"y": "A"})
    assert [file.status for file in summary.files] == ["held", "held"]
    assert live(project) == whole | {"x": "A"}
    accept(project, "WE_00D_2.ZIP/Contact.csv")
    assert [file.status for file in project.load().files] == ["loaded", "loaded"]
    assert live(project) == {"1": "B", "y": "A"}
