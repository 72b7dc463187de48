"""Files that are known by their size and time are not read; the user has to allow it."""

import io
import os
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from blake3 import blake3
from ingest_project import Project

from keiro.ingest import exports_folder, loading

CSV = "Record ID,Email,Stage\n1,a@example.com,Lead\n"


@pytest.fixture
def project(tmp_path: Path) -> Project:
    project = Project(tmp_path)
    project.declare(files=["*.csv"], mode="append")
    return project


def test_a_file_whose_times_are_trusted_is_not_read_again(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = project.put("a.csv", CSV)
    other = project.put("b.csv", zipped("b.csv", CSV.replace("1,", "8,")))
    for file in (path, other):
        os.utime(file, (time.time() - 60, time.time() - 60))
    trusting = exports_folder(project.exports, project.folder, trust_file_times=True)
    project.load(trusting)

    def read(*_: object) -> str:
        pytest.fail("a file was read")

    with monkeypatch.context() as patch:
        patch.setattr("keiro.ingest.known.survey", read)
        assert [file.status for file in project.load(trusting).files] == ["known", "known"]
    path.write_text(CSV.replace("Lead", "Sold"))
    assert [file.status for file in project.load(trusting).files] == ["loaded", "known"]
    # Just written: within the resolution of a clock it may change once more, unseen.
    path.write_text(CSV.replace("Lead", "Gone"))
    assert [file.status for file in project.load(trusting).files] == ["loaded", "known"]


def test_without_leave_a_file_of_the_same_size_and_time_is_read(project: Project) -> None:
    path = project.put("a.csv", CSV)
    os.utime(path, (1e9, 1e9))
    project.load()
    path.write_text(CSV.replace("Lead", "Sold"))
    os.utime(path, (1e9, 1e9))
    assert [file.status for file in project.load().files] == ["loaded"]
    assert project.query("from raw.keiro__file_stamps") == []


def test_a_refused_file_is_looked_at_again_whatever_its_time(project: Project) -> None:
    path = project.put("a.csv", CSV.replace("Record ID", "Kontakt"))
    os.utime(path, (1e9, 1e9))
    trusting = exports_folder(project.exports, project.folder, trust_file_times=True)
    assert len(project.load(trusting).refused) == 1
    project.declare(
        files=["*.csv"],
        columns=[{"name": "record_id", "aliases": ["Kontakt"]}, {"name": "email"}],
        mode="append",
    )
    assert [file.status for file in project.load(trusting).files] == ["loaded"]


def zipped(name: str, content: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(name, content)
    return buffer.getvalue()


@pytest.mark.parametrize("name", ["a.csv", "a.zip"])
@pytest.mark.parametrize("times", [1, 9])
def test_a_file_that_is_written_while_it_is_loaded_is_never_half_loaded(
    project: Project, monkeypatch: pytest.MonkeyPatch, name: str, times: int
) -> None:
    """Its rows would stand under the hash of what it was before."""
    project.declare(files=["*"], mode="append")
    contents = [CSV + f"{number},b@example.com,Lead\n" for number in range(2, 12)]

    def deliver(content: str) -> None:
        path = project.put(name, zipped("x.csv", content) if name == "a.zip" else content)
        os.utime(path, (1e9 + len(contents), 1e9))

    deliver(contents.pop())
    real, left = loading.read_content, [times]

    def read(*arguments: Any, **options: Any) -> Any:
        staged = real(*arguments, **options)
        if left[0]:
            left[0] -= 1
            deliver(contents.pop())
        return staged

    def twice(action: Callable[[], Any]) -> Any:
        try:
            return action()
        except OSError:
            return action()

    monkeypatch.setattr(loading, "read_content", read)
    trusting = exports_folder(project.exports, project.folder, trust_file_times=True)
    (result,) = project.load(trusting, retry=twice).files
    if times > 1:
        assert result.status == "refused"
        assert "it changed while it was read" in str(result.message)
        assert project.rows() == []
        left[0] = 0
        (result,) = project.load(trusting).files
    assert result.status == "loaded"
    assert [row[0] for row in project.rows()] == ["1", "10" if times == 1 else "9"]
    found = (project.exports / name).read_bytes()
    if name == "a.csv":
        assert project.query("select content_hash from raw.keiro__load_log") == [
            (blake3(found).hexdigest(),)
        ]
