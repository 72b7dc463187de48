"""Every command, query and definition that the documentation shows, run in a fresh clone."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from tests.conftest import PROJECT, SHARED_DATA, run_command

PAGES = sorted(
    [
        PROJECT / "README.md",
        PROJECT / "CONTRIBUTING.md",
        PROJECT / "benchmarks" / "README.md",
        *(PROJECT / "docs").rglob("*.md"),
        *(PROJECT / "examples").glob("*/README.md"),
    ]
)
# Commands that cannot be run from within the suite, and the test that runs what they do.
RUN_ELSEWHERE = {
    "make test": "this suite is what it runs",
    "make install": "the environment of this suite was made by it",
    "make lint": "make test runs it before this suite",
    "make bench": "tests/e2e/test_benchmarks.py",
    ".venv/bin/keiro serve": "tests/integration/test_flow_prefect.py",
}


def _blocks(page: Path, language: str) -> list[str]:
    text = page.read_text(encoding="utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.DOTALL | re.MULTILINE)


COMMANDS = [
    (page.relative_to(PROJECT).as_posix(), line)
    for page in PAGES
    for block in _blocks(page, "sh")
    for line in block.splitlines()
    if line.strip() and line not in RUN_ELSEWHERE
]


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh clone with a smaller demo, using the environment that the tests run in."""
    folder = tmp_path_factory.mktemp("clone") / "keiro"
    run_command(["git", "clone", "--quiet", PROJECT, folder])
    (folder / ".venv").symlink_to(sys.prefix)
    run_command(["keiro", "demo", "--scale", "0.3", "--start", "2026-04-01"], cwd=folder)
    _shell(folder, "make run")
    return folder


def _shell(folder: Path, command: str) -> str:
    # The environment is there already; -o keeps make from installing it into the tests' own.
    command = re.sub(r"^make ", "make -o .venv/.installed ", command)
    done = subprocess.run(
        ["sh", "-c", command],
        cwd=folder,
        text=True,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def test_the_documentation_shows_commands() -> None:
    assert {"make run", ".venv/bin/keiro status"} <= {command for _, command in COMMANDS}
    for place in RUN_ELSEWHERE.values():
        assert not place.startswith("tests/") or (PROJECT / place).exists()


@pytest.mark.parametrize(
    "command", [pytest.param(command, id=f"{page}: {command}") for page, command in COMMANDS]
)
def test_a_shown_command_works(command: str, clone: Path) -> None:
    if "examples/olist" in command:
        data = SHARED_DATA / "olist_funnel"
        if not data.exists():
            pytest.skip("Olist's data set is not part of the project and is not here")
        exports = clone / "examples" / "olist" / "exports"
        exports.mkdir(exist_ok=True)
        for file in data.glob("olist_[mc]*_dataset.csv"):
            shutil.copy(file, exports)
    _shell(clone, command)


@pytest.mark.parametrize("code", _blocks(PROJECT / "README.md", "python"))
def test_a_shown_query_gives_rows(code: str, clone: Path) -> None:
    assert "final" in run_command([sys.executable, "-c", code], cwd=clone).stdout


def test_the_kpi_of_the_readme_can_be_added(clone: Path) -> None:
    """In a second clone, so that the other commands see the project as it is."""
    (definition,) = [b for b in _blocks(PROJECT / "README.md", "yaml") if "metrics:" in b]
    project = clone.parent / "with_kpi"
    shutil.copytree(clone, project, symlinks=True, ignore=shutil.ignore_patterns("target", "logs"))
    (project / "metrics" / "readme.yml").write_text(definition, encoding="utf-8")
    run_command(["keiro", "run"], cwd=project)
    with duckdb.connect(str(project / "published/current/keiro.duckdb"), read_only=True) as con:
        rows = con.execute(
            """
            select q.value, c.value / o.value
            from kpi.fct_kpi_values q
            join kpi.fct_kpi_values c using (grain, period_start, scope)
            join kpi.fct_kpi_values o using (grain, period_start, scope)
            where q.metric = 'cost_per_opportunity' and c.metric = 'cost'
                and o.metric = 'opportunities_created' and q.grain = 'month' and q.scope = 'all'
                and q.value is not null
            """
        ).fetchall()
    assert len(rows) >= 5
    assert all(value == pytest.approx(expected) for value, expected in rows)


def test_links_between_pages_lead_somewhere() -> None:
    missing = [
        f"{page.name}: {target}"
        for page in PAGES
        for target in re.findall(r"\]\((?!https?://)([^)#]+)\)", page.read_text(encoding="utf-8"))
        if not (page.parent / target).exists()
    ]
    assert missing == []
