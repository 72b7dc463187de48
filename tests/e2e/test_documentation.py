"""Every command, query and definition that the documentation shows, run in a fresh clone."""

import re
import sys
from pathlib import Path

import duckdb
import pytest

from tests.conftest import PROJECT, run_command
from tests.e2e.conftest import FreshClone

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
# Pages whose commands are run together with a look at what they give.
PAGES_ELSEWHERE = {
    "examples/online_shop/README.md": "tests/e2e/test_examples.py",
    "examples/marketing_share/README.md": "tests/e2e/test_examples.py",
    "examples/olist/README.md": "tests/e2e/test_olist_example.py",
}


def _blocks(page: Path, language: str) -> list[str]:
    text = page.read_text(encoding="utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.DOTALL | re.MULTILINE)


COMMANDS = [
    (page.relative_to(PROJECT).as_posix(), line)
    for page in PAGES
    if page.relative_to(PROJECT).as_posix() not in PAGES_ELSEWHERE
    for block in _blocks(page, "sh")
    for line in block.splitlines()
    if line.strip() and line not in RUN_ELSEWHERE
]


@pytest.fixture(scope="module")
def place(clone: FreshClone, tmp_path_factory: pytest.TempPathFactory) -> FreshClone:
    """Where the commands are run one after the other; some of them change what is there."""
    return clone.copy(tmp_path_factory.mktemp("shown") / "keiro")


def test_the_documentation_shows_commands() -> None:
    assert {"make run", ".venv/bin/keiro status"} <= {command for _, command in COMMANDS}
    for place in (*RUN_ELSEWHERE.values(), *PAGES_ELSEWHERE.values()):
        assert not place.startswith("tests/") or (PROJECT / place).exists()


@pytest.mark.parametrize(
    "command", [pytest.param(command, id=f"{page}: {command}") for page, command in COMMANDS]
)
def test_a_shown_command_works(command: str, place: FreshClone) -> None:
    place.shell(command)
    if command == "make docs":
        assert (place.folder / "target" / "catalog.json").exists()


@pytest.mark.parametrize("code", _blocks(PROJECT / "README.md", "python"))
def test_a_shown_query_gives_rows(code: str, place: FreshClone) -> None:
    assert "final" in run_command([sys.executable, "-c", code], cwd=place.folder).stdout


def test_the_kpi_of_the_readme_can_be_added(clone: FreshClone) -> None:
    """The clone has it in a file of its own."""
    (definition,) = [b for b in _blocks(PROJECT / "README.md", "yaml") if "metrics:" in b]
    assert (clone.folder / "metrics" / "readme.yml").read_text(encoding="utf-8") == definition
    published = clone.folder / "published" / "current" / "keiro.duckdb"
    with duckdb.connect(str(published), read_only=True) as con:
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
