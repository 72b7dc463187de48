"""`keiro lint` on a published project, the section of the page, and the table of the rules."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest
from typer.testing import CliRunner

from keiro.cli import app
from keiro.dbt import DbtProject
from keiro.errors import ExitCode
from keiro.lint.judging import RULES, judge
from keiro.lint.table import as_table
from keiro.publish import publish
from keiro.report import write_report
from keiro.report.labels import LANGUAGES
from tests.conftest import PROJECT
from tests.unit.lint_world import World, change
from tests.unit.metric_manifest import write_manifest
from tests.unit.report_html import Page

RUNNER = CliRunner()


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with two faults, one of them for information; dbt's parse is a manifest of ours."""
    world = World()
    change(world.nodes["price"], owner=None)
    change(world.nodes["leads"], review_date=None, lint={"KPI-T03": "Reviewed with deals"})
    world.chances["price"] = 0.99
    (tmp_path / "dbt_project.yml").write_text(
        'vars: {as_of: "2026-09-30", business_timezone: Asia/Tokyo}', encoding="utf-8"
    )
    (tmp_path / "seeds").mkdir()
    lines = [",".join(next(iter(world.targets.values())))]
    lines += [",".join(map(str, row.values())) for row in world.targets.values()]
    (tmp_path / "seeds" / "kpi_targets.csv").write_text("\n".join(lines), encoding="utf-8")
    target = tmp_path / "target"
    target.mkdir()

    def parse(_: DbtProject) -> Any:
        return write_manifest(target, *world.nodes.values())

    monkeypatch.setattr(DbtProject, "parse", parse)
    with duckdb.connect(str(tmp_path / "work.duckdb")) as con:
        world.write(con)
    return tmp_path


def _publish(project: Path) -> None:
    publish(
        project / "work.duckdb",
        project / "published",
        {"as_of": "2026-09-30", "checks": {"passed": 3, "failed": [], "errored": []}},
        fingerprint="fedcba9876543210",
        descriptions={},
        keep=2,
        now=datetime(2026, 10, 1, tzinfo=UTC),
    )


def _lint(project: Path, *arguments: str, code: int = 0) -> str:
    shown = RUNNER.invoke(app, ["lint", *arguments, "--project-dir", str(project)])
    assert shown.exit_code == code, shown.output
    return shown.stdout


def test_findings_are_told_with_remedy_and_fail_the_job(project: Path) -> None:
    _publish(project)
    lines = _lint(project, code=ExitCode.CHECKS_FAILED).splitlines()
    assert lines[:3] == [
        "metrics/price.yml: KPI-S07 error: price (Price)",
        "  Nobody answers for it.",
        "  remedy: State config.meta.owner: one role or team.",
    ]
    assert lines[3].endswith("KPI-A03 for information: price (Price)")
    assert "¥9 by 2027-03-31 is 99.0% (forecast ¥7 to ¥11, 80 %)" in lines[4]
    assert lines[-2:] == [
        "1 errors, 0 warnings, 1 for information.",
        "1 findings are switched off, each with a reason (--format json lists them).",
    ]


def test_the_same_in_japanese(project: Path) -> None:
    _publish(project)
    shown = _lint(project, "--lang", "ja", "--fail-on", "never")
    assert "KPI-S07 エラー: price (「price」)\n  責任者が決まっていません。\n  対応: " in shown
    assert "エラー1件、警告0件、情報1件。" in shown


def test_before_a_publication_it_says_what_was_left_out(project: Path) -> None:
    shown = _lint(project, "--fail-on", "never")
    assert "KPI-A03 for" not in shown
    left_out = ", ".join(rule.id for rule in RULES if rule.needs_data)
    assert f"rules that need data were left out: {left_out}." in shown


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ((), 5),
        (("--fail-on", "warning"), 5),
        (("--fail-on", "never"), 0),
        (("--ignore", "KPI-S07"), 0),
        (("--ignore", "KPI-S", "--fail-on", "warning"), 0),
        (("--select", "KPI-T", "--fail-on", "warning"), 0),
        (("--select", "KPI-Q"), 2),
    ],
)
def test_the_exit_code_is_for_a_job(project: Path, arguments: tuple[str, ...], code: int) -> None:
    _lint(project, *arguments, code=code)


def test_machines_get_json_and_sarif(project: Path) -> None:
    _publish(project)
    found = json.loads(_lint(project, "--format", "json", "--fail-on", "never"))
    assert [row["rule"] for row in found["findings"]] == ["KPI-S07", "KPI-A03"]
    assert found["findings"][1]["evidence"]["p_hit"] == 0.99
    assert found["findings"][0]["message_ja"] == "責任者が決まっていません。"
    assert [(row["rule"], row["reason"]) for row in found["switched_off"]] == [
        ("KPI-T03", "Reviewed with deals")
    ]
    sarif = json.loads(_lint(project, "--format", "sarif", "--fail-on", "never"))
    run = sarif["runs"][0]
    assert (sarif["version"], len(run["tool"]["driver"]["rules"])) == ("2.1.0", len(RULES))
    assert [(r["ruleId"], r["level"]) for r in run["results"]] == [
        ("KPI-S07", "error"),
        ("KPI-A03", "note"),
        ("KPI-T03", "warning"),
    ]
    place = run["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert place == "metrics/price.yml"
    assert _lint(project, "--format", "github", "--fail-on", "never").startswith("::error file=")


def test_the_page_shows_how_many_there_are_and_the_worst(tmp_path: Path) -> None:
    world = World()
    for name in ("deals", "price", "leads"):
        change(world.nodes[name], review_date=None)
    change(world.nodes["won_revenue"], review_date=None, lint={"KPI-T03": "Asked of the board"})
    for name in ("replies", "cost_per_lead", "deals_per_lead"):
        change(world.nodes[name], owner=None)
    findings = as_table(judge(world.design(tmp_path)))
    file = tmp_path / "keiro.duckdb"
    with duckdb.connect(str(file)) as con:
        con.register("findings", findings)
        con.execute(
            "create schema kpi; create table kpi.fct_kpi_design_findings as "
            "select *, reason is not null as is_switched_off from findings"
        )
    write_report(file, tmp_path / "report.html")
    page = Page((tmp_path / "report.html").read_text(encoding="utf-8"))
    assert "design" in page.sections
    english = page.text("en", "design")
    assert "Errors: 3, warnings: 3, for information: 0" in english
    assert "Switched off with a reason: 1" in english
    assert english.count("Nobody answers for it.") == 3
    assert english.count("No date is set for its review.") == 2, "five are shown"
    assert "and 1 more" in english
    assert "見直し日が決まっていません。" in page.text("ja", "design")


def test_every_rule_is_documented_as_it_is() -> None:
    text = (PROJECT / "docs" / "lint.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(KPI-\w+)` \| (\w+) \| (.+?) \| (.+?) \| (.*?) \|$", text, re.M)
    assert rows == [
        (
            rule.id,
            rule.severity,
            *(rule.title[LANGUAGES.index(language)] for language in LANGUAGES),
            "yes" if rule.needs_data else "",
        )
        for rule in RULES
    ]
