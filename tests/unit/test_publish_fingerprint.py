"""What makes a run new: anything that can change a published number, and nothing else."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from keiro import fingerprint
from keiro.errors import KeiroError
from keiro.fingerprint import project_fingerprint, run_fingerprint
from keiro.settings import load_settings

DAY = date(2026, 9, 30)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for name in (
        "models/a.sql",
        "metrics/a.yml",
        "macros/a.sql",
        "seeds/a.csv",
        "expectations/a.yml",
    ):
        file = tmp_path / name
        file.parent.mkdir()
        file.write_text("one")
    (tmp_path / "dbt_project.yml").write_text('model-paths: ["models", "metrics"]\n')
    package = tmp_path / "dbt_packages" / "core"
    (package / "models").mkdir(parents=True)
    (package / "models" / "core.sql").write_text("one")
    (package / "dbt_project.yml").write_text("name: core\n")
    return tmp_path


def of(project: Path, day: date = DAY, language: str = "en") -> str:
    return project_fingerprint(load_settings(project_dir=project, language=language), day)


@pytest.mark.parametrize(
    "name",
    [
        "models/a.sql",
        "metrics/a.yml",
        "macros/a.sql",
        "seeds/a.csv",
        "expectations/a.yml",
        "dbt_project.yml",
        "dbt_packages/core/models/core.sql",
        "models/new.sql",
    ],
)
def test_a_changed_file_of_the_project_is_new(project: Path, name: str) -> None:
    before = of(project)
    (project / name).write_text("name: changed")
    assert of(project) != before


@pytest.mark.parametrize("name", ["README.md", "published/x", "target/manifest.json", "logs/x"])
def test_other_files_are_not(project: Path, name: str) -> None:
    before = of(project)
    (project / name).parent.mkdir(exist_ok=True)
    (project / name).write_text("anything")
    assert of(project) == before


def test_expectations_may_be_anywhere(
    project: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    elsewhere = tmp_path_factory.mktemp("suites")
    (elsewhere / "own.yml").write_text("one")

    def with_suites() -> str:
        settings = load_settings(project_dir=project, expectations=[elsewhere, "expectations"])
        return project_fingerprint(settings, DAY)

    before = with_suites()
    (elsewhere / "own.yml").write_text("changed")
    assert with_suites() != before
    (elsewhere / "own.yml").write_text("one")
    assert with_suites() == before
    assert before != of(project)


def test_expectations_of_a_package_are_not_the_project_s(project: Path) -> None:
    before = of(project)
    suites = project / "dbt_packages" / "core" / "expectations"
    suites.mkdir()
    (suites / "core.yml").write_text("not run by this project")
    assert of(project) == before


def test_a_project_file_that_is_no_yaml_is_named(project: Path) -> None:
    (project / "dbt_packages" / "core" / "dbt_project.yml").write_text("name: [")
    with pytest.raises(KeiroError, match=r"core/dbt_project\.yml: it cannot be read"):
        of(project)


def test_a_renamed_file_is_new(project: Path) -> None:
    before = of(project)
    (project / "models" / "a.sql").rename(project / "models" / "b.sql")
    assert of(project) != before


@pytest.mark.parametrize(
    "change",
    [
        lambda project: of(project, date(2026, 10, 1)),
        lambda project: of(project, language="ja"),
    ],
)
def test_the_day_and_the_page_s_language_count(
    project: Path, change: Callable[[Path], str]
) -> None:
    assert change(project) != of(project)


def test_an_upgraded_library_is_new(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = of(project)
    versions = {**fingerprint.library_versions(), "metricflow": "9"}
    monkeypatch.setattr(fingerprint, "library_versions", lambda: versions)
    assert of(project) != before


def test_each_loaded_file_counts() -> None:
    log = [("crm", "leads", "a.csv", "hash", "loaded", 3)]
    assert run_fingerprint("p", log) == run_fingerprint("p", list(log))
    assert run_fingerprint("p", log) != run_fingerprint("p", [])
    assert run_fingerprint("p", log) != run_fingerprint("q", log)
