"""Names as people and their machines give them: every file that somebody meant is seen."""

import os
import unicodedata
import zipfile
from pathlib import Path
from typing import Any

import pytest
from ingest_project import Project

from keiro.errors import KeiroError

CSV = "Record ID,Email,Stage\n1,a@example.com,Lead\n"
ROWS = [("1", "a@example.com", "Lead")]


@pytest.fixture
def project(tmp_path: Path) -> Project:
    project = Project(tmp_path)
    project.declare(files=["**/*"], mode="append")
    return project


def files(project: Project, **options: Any) -> dict[str, str]:
    return {file.file_name: file.status for file in project.load(**options).files}


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_a_name_of_a_mac_is_the_name_that_a_pattern_means(project: Project, form: Any) -> None:
    project.declare(files=["ガイド/*プ*.csv"], mode="append")
    project.put(unicodedata.normalize(form, "ガイド/プレ.csv"), CSV)
    assert files(project) == {"ガイド/プレ.csv": "loaded"}
    assert files(project) == {"ガイド/プレ.csv": "known"}


def test_two_names_that_read_the_same_are_two_files(project: Project) -> None:
    for number, form in enumerate(("NFC", "NFD")):
        project.put(unicodedata.normalize(form, "ガ.csv"), CSV.replace("1,", f"{number},"))  # type: ignore[arg-type]
    assert len(files(project)) == 2
    assert set(files(project).values()) == {"known"}
    assert len(project.rows()) == 2


def test_a_name_of_japanese_windows_is_readable(project: Project) -> None:
    name = os.fsencode(project.exports) + b"/" + "リード.csv".encode("cp932")
    Path(os.fsdecode(name)).write_text(CSV)
    assert files(project) == {"リード.csv": "loaded"}
    assert project.rows() == ROWS


@pytest.mark.parametrize("ending", ["csv", "ndjson", "parquet"])
def test_a_folder_that_looks_like_a_column_is_none(project: Project, ending: str) -> None:
    path = project.put(f"stage=Sold/extra=1/a.{ending}", CSV)
    if ending != "csv":
        form = {"ndjson": "json"}.get(ending, ending)
        project.con.execute(
            "copy (select '1' as record_id, 'a@example.com' as email, 'Lead' as stage)"
            f" to '{path}' (format {form})"
        )
    assert set(files(project).values()) == {"loaded"}
    assert project.rows("record_id, email, stage, _extra") == [(*ROWS[0], None)]


def test_what_programs_leave_behind_is_no_file(project: Project) -> None:
    for name in (".DS_Store", "x/Thumbs.db", "desktop.ini", "._a.csv", "~$a.xlsx", ".~lock.a.csv#"):
        project.put(name, b"\0\5")
    (project.exports / ".#a.csv").symlink_to("somebody@machine.1")
    project.put("a.csv", CSV)
    assert files(project) == {"a.csv": "loaded"}


def test_links_are_followed_once_and_one_to_nowhere_is_refused(project: Project) -> None:
    project.put("a/real.csv", CSV)
    elsewhere = project.folder / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "b.csv").write_text(CSV.replace("1,", "2,"))
    (elsewhere / "back").symlink_to(project.exports)
    (project.exports / "shared").symlink_to(elsewhere)
    (project.exports / "a" / "round").symlink_to("..")
    (project.exports / "a" / "self").symlink_to("self")
    (project.exports / "gone.csv").symlink_to("nowhere.csv")
    os.mkfifo(project.exports / "pipe.csv")
    assert files(project) == {
        "a/real.csv": "loaded",
        "a/self": "refused",
        "gone.csv": "refused",
        "shared/b.csv": "loaded",
    }
    assert [row[0] for row in project.rows()] == ["1", "2"]


def test_deliveries_without_a_date_come_in_the_order_of_their_numbers(project: Project) -> None:
    names = ["a.csv", "a (1).csv", "a (2).csv", "a (10).csv", "b.csv.gz", "b (1).csv.gz"]
    for number, name in enumerate(names):
        project.put(name, CSV.replace("Lead", str(number)))
    for number, name in enumerate(["c.zip", "c (1).zip", "c (10).zip"]):
        with zipfile.ZipFile(project.put(name, ""), "w") as archive:
            archive.writestr("in.csv", CSV.replace("Lead", f"zipped {number}"))
    found = list(files(project))
    assert found == [*names, "c.zip/in.csv", "c (1).zip/in.csv", "c (10).zip/in.csv"]


def test_files_that_no_source_asks_for_are_named(project: Project) -> None:
    project.declare(files=["crm/*.csv"], mode="append")
    for name in (
        "crm/a.csv",
        "crm/B.CSV",
        "crmm/c.csv",
        "crm/.hidden.csv",
        "ガ.csv",
        ".git/x",
        "_mine/x",
    ):
        project.put(unicodedata.normalize("NFD", name), CSV)
    assert project.load().unclaimed == ("crm/B.CSV", "crmm/c.csv", "ガ.csv")


def test_an_exports_folder_that_is_not_there_is_no_empty_one(project: Project) -> None:
    assert files(project) == {}
    with pytest.raises(KeiroError, match="no such folder"):
        project.load(project.folder / "exprots")


@pytest.mark.parametrize("mode", ["snapshot", "append"])
def test_a_correction_stands_although_a_copy_of_what_it_corrects_is_left(
    project: Project, mode: str
) -> None:
    """Without dates the last delivery counts, and the copy was delivered before the correction."""
    project.declare(files=["*.csv"], mode=mode)
    for name in ("a.csv", "a (1).csv"):
        project.put(name, CSV)
    assert files(project) == {"a.csv": "loaded", "a (1).csv": "duplicate_delivery"}
    project.put("a.csv", CSV.replace("Lead", "Customer"))
    assert files(project) == {"a.csv": "loaded", "a (1).csv": "known"}
    assert [row[2] for row in project.rows()] == ["Lead", "Customer"]
    before = project.state()
    assert set(files(project).values()) == {"known"}
    assert project.state() == before
