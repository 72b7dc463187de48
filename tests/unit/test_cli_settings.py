"""Settings and variables that people wrote wrong: named with file, value and remedy."""

from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from typer.testing import CliRunner

from keiro.cli import app
from keiro.errors import ExitCode
from keiro.settings import load_settings

RUNNER = CliRunner()
VARS = 'vars: {as_of: "2026-09-30", business_timezone: Asia/Tokyo}\n'


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "dbt_project.yml").write_text(VARS)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PREFECT_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("KEIRO_PORT", "9")
    monkeypatch.delenv("PREFECT_API_URL", raising=False)
    return tmp_path


def refused() -> str:
    shown = RUNNER.invoke(app, ["run"])
    assert shown.exit_code == ExitCode.USAGE, shown.output
    assert "remedy:" in shown.stderr
    assert "unexpected" not in shown.stderr
    return shown.stderr


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"language = ja\n", ["keiro.toml", "line 1"]),
        ("# 設定\n".encode("cp932"), ["keiro.toml", "utf-8"]),
        (b"port = 0\n", ["port", "got 0", "KEIRO_PORT"]),
        (b"expectations = [3]\n", ["expectations.0", "got 3", "KEIRO_EXPECTATIONS: the"]),
        (b"expectations = []\n", ["expectations", "got []"]),
    ],
)
def test_a_wrong_keiro_toml(
    project: Path, content: bytes, said: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("KEIRO_PORT")
    (project / "keiro.toml").write_bytes(content)
    shown = refused()
    assert [words for words in said if words not in shown] == []


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (VARS.replace("09-30", "02-30"), ["as_of", "'2026-02-30'"]),
        (VARS.replace("2026-09-30", "soon"), ["as_of", "'soon'"]),
        (VARS.replace('as_of: "2026-09-30"', "country: JP"), ["as_of", "None"]),
        ("name: mine\nvars:\n", ["as_of", "None"]),
        ("vars: {keiro: {as_of: soon}}\n", ["as_of", "'soon'"]),
        ("vars: [as_of]\n", ["vars", "['as_of']"]),
        ("vars: {keiro: soon}\n", ["vars", "'soon'"]),
        ("", ["None"]),
        ("vars: {as_of: [\n", ["line 2"]),
    ],
)
def test_a_wrong_dbt_project(project: Path, content: str, said: list[str]) -> None:
    (project / "dbt_project.yml").write_text(content)
    shown = refused()
    assert [words for words in ["dbt_project.yml", *said] if words not in shown] == []


@pytest.mark.parametrize("zone", ["Asia/Tokio", "../etc/passwd", '""', "Asia", "null"])
def test_a_wrong_time_zone(project: Path, zone: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KEIRO_AS_OF", "yesterday")
    (project / "dbt_project.yml").write_text(VARS.replace("Asia/Tokyo", zone))
    shown = refused()
    assert "dbt_project.yml: the variable business_timezone is wrong" in shown
    assert "as Asia/Tokyo" in shown or 'business_timezone: "Asia/Tokyo"' in shown


@pytest.mark.parametrize(
    ("value", "folders"),
    [
        ("expectations", ("expectations",)),
        ("expectations, own/checks", ("expectations", "own/checks")),
        ('["expectations", "a,b"]', ("expectations", "a,b")),
    ],
)
def test_folders_in_a_variable(
    tmp_path: Path, value: str, folders: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KEIRO_EXPECTATIONS", value)
    read = load_settings(project_dir=tmp_path).expectations
    assert tuple(folder.as_posix() for folder in read) == folders


@pytest.mark.parametrize("value", ["", ",", '["expectations"', "[3]"])
def test_no_folders_in_a_variable(
    project: Path, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert project.exists()
    monkeypatch.setenv("KEIRO_EXPECTATIONS", value)
    assert "KEIRO_EXPECTATIONS" in refused()


def test_yesterday_is_the_last_day_whose_end_is_known(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At any moment the business zone's date is at least one day ahead of it."""
    (project / "dbt_project.yml").write_text(VARS)
    monkeypatch.setenv("KEIRO_AS_OF", "yesterday")
    settings = load_settings(project_dir=project)
    before = datetime.now(ZoneInfo("Asia/Tokyo")).date() - timedelta(days=1)
    resolved = settings.resolved_as_of
    after = datetime.now(ZoneInfo("Asia/Tokyo")).date() - timedelta(days=1)
    assert before <= resolved <= after


def test_a_path_may_begin_at_ones_own_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("KEIRO_EXPORTS_DIR", "~/exports")
    assert load_settings().exports == tmp_path / "exports"
