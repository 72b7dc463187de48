"""What becomes of dbt's own exceptions: those that stop the process, and faults."""

from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from dbt.cli.main import dbtRunner

from keiro.dbt import DbtProject
from keiro.errors import ExitCode, KeiroError
from keiro.settings import load_settings


class TerminationSignal(BaseException):
    """As Prefect stops a flow run: no Exception."""


class Answers:
    """Stands for dbt: parses well, then builds with the given exception."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, **exceptions: BaseException | None) -> None:
        def invoke(_runner: Any, arguments: list[str]) -> Any:
            command = next(name for name in ("parse", "build") if name in arguments)
            error = exceptions.get(command)
            manifest = SimpleNamespace(nodes={}) if command == "parse" and error is None else None
            return SimpleNamespace(exception=error, result=manifest)

        monkeypatch.setattr(dbtRunner, "invoke", invoke)


@pytest.fixture
def project(tmp_path: Path) -> DbtProject:
    (tmp_path / "dbt_project.yml").write_text("vars: {as_of: 2026-09-30}\n")
    return DbtProject(load_settings(project_dir=tmp_path), date(2026, 9, 30))


@pytest.mark.parametrize("stop", [KeyboardInterrupt(), SystemExit(143), TerminationSignal()])
def test_what_stops_the_process_is_no_fault_of_the_project(
    project: DbtProject, monkeypatch: pytest.MonkeyPatch, stop: BaseException
) -> None:
    Answers(monkeypatch, build=stop)
    with pytest.raises(type(stop)) as caught:
        project.build()
    assert caught.value is stop


def test_a_fault_in_the_middle_of_a_build_shows_no_value(
    project: DbtProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    Answers(monkeypatch, build=RuntimeError("Could not convert 'taro@example.jp' to INT"))
    with pytest.raises(KeiroError) as caught:
        project.build()
    assert caught.value.exit_code == ExitCode.BUILD_FAILED
    assert "`dbt build` failed: Could not convert" in str(caught.value)
    assert "taro" not in str(caught.value)


def test_a_fault_of_a_file_is_shown_as_dbt_says_it(
    project: DbtProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = "Parsing Error\n  Invalid sources config given in models/a.yml @ sources: 'x' is wrong"
    Answers(monkeypatch, parse=RuntimeError(said))
    with pytest.raises(KeiroError) as caught:
        project.parse()
    assert said in str(caught.value)


@pytest.mark.parametrize("error", [RuntimeError(""), RuntimeError(" \n"), None])
def test_a_fault_without_words_is_said_to_be_one(
    project: DbtProject, monkeypatch: pytest.MonkeyPatch, error: Exception | None
) -> None:
    Answers(monkeypatch, build=error)
    with pytest.raises(KeiroError, match="`dbt build` failed: it gave no result"):
        project.build()
