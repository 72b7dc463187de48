"""The command line: what it says, how it ends, what it does not import."""

import io
import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import duckdb
import pytest
from rich.console import Console
from typer.testing import CliRunner

from keiro import __version__, pipeline
from keiro.cli import app
from keiro.console import check_table, reporting
from keiro.errors import ExitCode, KeiroError
from keiro.publish import current, publish

RUNNER = CliRunner()
HEAVY = ("dbt", "great_expectations", "prefect", "pandas", "duckdb", "altair", "pydantic", "numpy")

STATE = """
create schema kpi;
create table kpi.dim_kpis as
from (values
    ('leads', 'driver', 'count', 'Leads', 'リード数'),
    ('won_revenue', 'kgi', 'JPY', 'Won revenue', '受注金額'),
    ('visits', 'driver', 'count', 'Visits', '訪問数'),
    ('followed', 'component', 'count', 'Followed', '追跡数'),
    ('cost', 'driver', 'count', 'Cost [new] per [/lead]', '[bold]費用[/]')
) as kpis (metric, role, unit, label_en, label_ja);
create table kpi.fct_kpi_status as
from (values
    ('won_revenue', 'all', 'fiscal_year', date '2025-04-01', date '2026-03-31', 9.0, 9.0, 1.0, 1.0,
        'reached', 'ok'),
    ('won_revenue', 'all', 'fiscal_year', date '2026-04-01', date '2027-03-31', 1200000.0, 500000.0,
        0.4166, 0.8321, 'behind', 'ok'),
    ('won_revenue', 'channel=seminar', 'fiscal_year', date '2026-04-01', date '2027-03-31', 7.0,
        7.0, 1.0, 1.0, 'reached', 'ok'),
    ('leads', 'all', 'fiscal_year', date '2026-04-01', date '2027-03-31', 77.0, null, null, null,
        'withheld', 'withheld')
) as t (metric, scope, grain, period_start, period_end, target, actual, attainment, pace_index,
    status, trust);
create table kpi.fct_kpi_values as
from (values
    ('visits', 'all', 'fiscal_year', date '2026-04-01', date '2027-03-31', 4321.0, 'final',
        'drifting'),
    ('visits', 'all', 'month', date '2026-09-01', date '2026-09-30', 1.0, 'final', 'ok')
) as t (metric, scope, grain, period_start, period_end, value, status, trust);
create table kpi.fct_kpi_flags as
from (values
    ('visits', 'visits', 'all', date '2026-09-01', 'drifting', 'mix', 'info', 'It shifts.',
        'ずれています。', null::timestamp),
    ('leads', 'leads', 'all', date '2026-09-01', 'broken', 'pipeline', 'critical',
        'No [file] came.', 'ファイルがありません。', null),
    ('leads', 'leads', 'all', date '2026-08-01', 'broken', 'pipeline', 'critical', 'Old.', '旧。',
        timestamp '2026-08-09')
) as t (metric, subject, scope, period_start, kind, cause, severity, detail_en, detail_ja,
    closed_at);
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "dbt_project.yml").write_text(
        'vars: {as_of: "2026-09-30", business_timezone: Asia/Tokyo}'
    )
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    return tmp_path


@pytest.fixture
def published(project: Path) -> Path:
    with duckdb.connect(str(project / "work.duckdb")) as con:
        con.execute(STATE)
    publish(
        project / "work.duckdb",
        project / "published",
        {"as_of": "2026-09-30", "checks": {"passed": 3, "failed": [], "errored": []}},
        fingerprint="fedcba9876543210",
        descriptions={},
        keep=2,
        now=datetime(2026, 10, 1, tzinfo=UTC),
    )
    return project


def test_start_up_imports_nothing_heavy() -> None:
    code = f"import sys, keiro.cli; print([name for name in {HEAVY!r} if name in sys.modules])"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


def test_help_names_commands_and_exit_codes() -> None:
    shown = RUNNER.invoke(app, ["--help"])
    assert shown.exit_code == 0
    for command in ("run", "status", "check", "demo", "serve"):
        assert command in shown.stdout
    assert "7 another run" in " ".join(shown.stdout.split())


def test_version() -> None:
    assert RUNNER.invoke(app, ["--version"]).stdout == f"keiro {__version__}\n"


@pytest.mark.parametrize("command", ["status", "check"])
def test_before_the_first_run_the_remedy_is_to_run(project: Path, command: str) -> None:
    shown = RUNNER.invoke(app, [command])
    assert shown.exit_code == ExitCode.USAGE
    assert "`keiro run` first" in shown.stderr
    assert str(project) in shown.stderr


@pytest.mark.parametrize("command", ["run", "check"])
def test_outside_of_a_project_it_says_where_to_go(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    monkeypatch.chdir(tmp_path)
    shown = RUNNER.invoke(app, [command])
    assert shown.exit_code == ExitCode.USAGE
    assert "there is no dbt_project.yml here" in shown.stderr
    assert "--project-dir" in shown.stderr


def test_status_shows_the_goal_first_and_no_withheld_number(published: Path) -> None:
    shown = RUNNER.invoke(app, ["status"]).stdout
    rows = [line.split("│") for line in shown.splitlines() if line.count("│") == 9]
    cells = {row[1].strip(): [cell.strip() for cell in row[2:9]] for row in rows}
    assert list(cells) == ["Won revenue", "Cost [new] per [/lead]", "Leads", "Visits"]
    assert cells["Won revenue"][1:] == ["¥500.0k", "¥1.20M", "41.7%", "0.83", "behind", "trusted"]
    assert cells["Leads"][1:] == ["withheld", "77", "–", "–", "withheld", "withheld"]
    assert cells["Visits"][1:] == ["4,321", "–", "–", "–", "–", "drifting"]
    assert shown.index("No [file] came.") < shown.index("It shifts.")
    assert "Old." not in shown
    assert str(published / "published" / "current" / "report.html") in shown


def test_status_in_japanese(published: Path) -> None:
    assert published.exists()
    shown = RUNNER.invoke(app, ["status", "--language", "ja"]).stdout
    for text in (
        "受注金額",
        "達成率",
        "遅れ",
        "保留",
        "変調あり",
        "ファイルがありません。",
        "[bold]費用[/]",
    ):
        assert text in shown


def test_status_as_json(published: Path) -> None:
    state = json.loads(RUNNER.invoke(app, ["status", "--json"]).stdout)
    assert state["version"] == "20261001T000000Z-fedcba98"
    assert state["as_of"] == "2026-09-30"
    assert state["checks"]["passed"] == 3
    assert [kpi["metric"] for kpi in state["kpis"]] == ["won_revenue", "cost", "leads", "visits"]
    assert state["kpis"][0]["period_start"] == "2026-04-01"
    assert state["kpis"][0]["actual"] == 500000.0
    assert [flag["detail_en"] for flag in state["flags"]] == ["No [file] came.", "It shifts."]
    assert state["report"] == str(published / "published" / "current" / "report.html")


def test_a_version_that_is_swept_while_it_is_read_is_read_again_as_the_new_one(
    published: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = published / "published"
    seen = current(folder)
    assert seen is not None
    publish(
        published / "work.duckdb",
        folder,
        {"as_of": "2026-10-01"},
        fingerprint="0" * 16,
        descriptions={},
        keep=1,
        now=datetime(2026, 10, 2, tzinfo=UTC),
    )
    assert not seen.folder.exists()
    answers = iter([seen])
    monkeypatch.setattr("keiro.status.current", lambda where: next(answers, current(where)))
    state = json.loads(RUNNER.invoke(app, ["status", "--json"]).stdout)
    assert (state["version"], state["as_of"]) == ("20261002T000000Z-00000000", "2026-10-01")


def test_brackets_in_a_check_s_name_are_shown() -> None:
    result = SimpleNamespace(
        status="failed",
        severity="info",
        check_id="own.[/cost]",
        subject="[red]",
        detail_en="[new] and [/old]",
    )
    console = Console(width=200, record=True, file=io.StringIO())
    console.print(check_table([cast(Any, result)], "en"))
    shown = console.export_text()
    assert "own.[/cost] ([red])" in shown
    assert "[new] and [/old]" in shown


def test_brackets_in_a_file_s_name_stop_no_progress() -> None:
    drawn = io.StringIO()
    console = Console(width=200, force_terminal=True, file=drawn)
    with reporting(console, "en") as reporter:
        reporter.begin("load")
        reporter.advance(1, 2, "leads [/2026].csv")
    assert "leads [/2026].csv" in drawn.getvalue()


def failing(error: Exception) -> Any:
    def run_pipeline(*_: Any, **__: Any) -> None:
        raise error

    return run_pipeline


@pytest.mark.parametrize("code", list(ExitCode)[1:])
def test_an_error_that_can_be_mended_ends_with_its_code_and_remedy(
    project: Path, monkeypatch: pytest.MonkeyPatch, code: ExitCode
) -> None:
    assert project.exists()
    error = KeiroError("it is so", where="a.csv, row 3", remedy="mend it", exit_code=code)
    monkeypatch.setattr(pipeline, "run_pipeline", failing(error))
    shown = RUNNER.invoke(app, ["run"])
    assert shown.exit_code == code
    assert shown.stderr.endswith("keiro: a.csv, row 3: it is so\n  remedy: mend it\n")


def test_an_unexpected_error_shows_no_value_and_no_traceback(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert project.exists()
    error = RuntimeError("Could not convert 'taro@example.jp' to INT")
    monkeypatch.setattr(pipeline, "run_pipeline", failing(error))
    shown = RUNNER.invoke(app, ["run"])
    assert shown.exit_code == 1
    assert "unexpected RuntimeError: Could not convert '…' to INT" in shown.stderr
    assert "taro" not in shown.stderr
    assert "Traceback" not in shown.stderr
    debugged = RUNNER.invoke(app, ["--debug", "run"])
    assert debugged.exception is error


def test_a_run_on_real_exports_asks_for_a_salt(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pipeline, "run_pipeline", failing(KeiroError("stop", remedy="-")))
    assert "KEIRO_PSEUDONYM_SALT" in RUNNER.invoke(app, ["run"]).stderr

    monkeypatch.setenv("KEIRO_PSEUDONYM_SALT", "a secret")
    assert "KEIRO_PSEUDONYM_SALT" not in RUNNER.invoke(app, ["run"]).stderr

    monkeypatch.delenv("KEIRO_PSEUDONYM_SALT")
    (project / "exports" / "_truth").mkdir(parents=True)
    assert "KEIRO_PSEUDONYM_SALT" not in RUNNER.invoke(app, ["run"]).stderr


@pytest.mark.parametrize(
    "arguments", [["demo", "--incidents", "some"], ["demo", "--start", "soon"], ["fly"]]
)
def test_wrong_usage_is_said_and_ends_with_two(project: Path, arguments: list[str]) -> None:
    shown = RUNNER.invoke(app, arguments)
    assert shown.exit_code == ExitCode.USAGE
    assert arguments[-1] in shown.stderr
    assert not (project / "exports").exists()


def test_a_wrong_as_of_names_the_setting(project: Path) -> None:
    assert project.exists()
    shown = RUNNER.invoke(app, ["run", "--as-of", "2026-02-30"])
    assert shown.exit_code == ExitCode.USAGE
    assert "as_of" in shown.stderr
