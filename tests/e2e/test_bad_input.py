"""What people get wrong: a clear message, a non-zero exit, and the last publication untouched."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pytest
from filelock import FileLock

from keiro.errors import ExitCode
from tests.conftest import PROJECT, run_command, workplace

PARTS = ("models", "metrics", "seeds", "macros", "expectations", "tests/data")
FILES = ("dbt_project.yml", "profiles.yml")


class Company:
    """A copy of the project with a small demo, published once, to break one thing at a time."""

    def __init__(self, folder: Path) -> None:
        self.project = folder / "project"
        for part in PARTS:
            shutil.copytree(PROJECT / part, self.project / part)
        for name in FILES:
            shutil.copy(PROJECT / name, self.project / name)
        self.env = workplace(folder)
        self.exports = self.env["KEIRO_EXPORTS_DIR"]
        run_command(
            ["keiro", "demo", "--scale", "0.3", "--start", "2026-07-01", "--incidents", "none"],
            env=self.env,
        )
        self.run()

    def run(self, expect: int = 0) -> str:
        """Run the pipeline; what it printed."""
        command = ["keiro", "run", "--project-dir", self.project]
        done = run_command(command, env=self.env, expect=expect)
        return done.stdout + done.stderr

    @property
    def version(self) -> Path:
        """The folder that `current` points to."""
        return (self.env["KEIRO_PUBLISHED_DIR"] / "current").resolve()

    @contextmanager
    def changed(self, file: str, old: str, new: str) -> Iterator[None]:
        """The project with one text replaced, put back afterwards."""
        path = self.project / file
        before = path.read_text(encoding="utf-8")
        assert old in before
        path.write_text(before.replace(old, new, 1), encoding="utf-8")
        try:
            yield
        finally:
            path.write_text(before, encoding="utf-8")


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Company:
    return Company(tmp_path_factory.mktemp("company"))


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        (
            "models/marts/funnel/fct_sessions.yml",
            "            owner: web-marketing\n",
            "",
            ["fct_sessions.yml", "metric visits", "owner"],
        ),
        (
            "metrics/revenue.yml",
            "parent: won_deals",
            "parent: wondeals",
            ["revenue.yml", "won_per_closed", "wondeals"],
        ),
        (
            "seeds/kpi_targets.csv",
            "visits,all,",
            "visitz,all,",
            ["kpi_targets.csv", "row 10", "visitz"],
        ),
        (
            "seeds/kpi_targets.csv",
            "visits,all,fiscal_year,2026-04-01",
            "visits,all,fiscal_year,2026-04-31",
            ["kpi_targets.csv", "row 10", "2026-04-31"],
        ),
        (
            "models/staging/ga4/_ga4__sources.yml",
            "format: auto",
            "format: xml",
            ["_ga4__sources.yml", "format"],
        ),
    ],
)
def test_a_fault_in_the_project_stops_the_run(
    file: str, old: str, new: str, said: list[str], company: Company
) -> None:
    before = company.version
    with company.changed(file, old, new):
        output = company.run(expect=ExitCode.BAD_INPUT)
    assert [word for word in [*said, "remedy"] if word not in output] == []
    assert "Traceback" not in output
    assert company.version == before


def test_a_second_run_at_the_same_time_is_refused(company: Company) -> None:
    before = company.version
    locks = list(company.env["KEIRO_WAREHOUSE"].parent.glob("*.lock"))
    assert len(locks) == 1
    with FileLock(locks[0]):
        output = company.run(expect=ExitCode.BUSY)
    assert "remedy" in output
    assert company.version == before


def test_an_unknown_stage_value_is_flagged_and_kept_out(company: Company) -> None:
    with company.changed(
        "seeds/stage_mapping.csv", "hubspot,deal_stage,Negotiation,opportunity\n", ""
    ):
        company.run()
        output = run_command(
            ["keiro", "status", "--project-dir", company.project, "--json"], env=company.env
        ).stdout
    assert 'hubspot.deal_stage = \\"Negotiation\\"' in output


BAD_FILES = {
    "report_html.csv": (b"<!DOCTYPE html><html><body>Sign in</body></html>", "HTML"),
    "report_empty.csv": (b"", "empty"),
    "report_columns.csv": (b"Day,Campaign,Currency code\n2026-09-01,a,JPY\n", "cost"),
    "report_encoding.csv": ("Day,Campaign\n2026-09-01,広告\n".encode("euc-jp"), "encoding"),
}


def test_bad_files_are_named_and_lose_nothing(company: Company) -> None:
    """Refused files say why, an impossible date has its row listed, the rest is published."""
    folder = company.exports / "google_ads"
    impossible = folder / "report_date.csv"
    impossible.write_text(
        "Campaign report\nSeptember 2026\n"
        "Day,Campaign,Campaign ID,Currency code,Cost,Impr.,Clicks,Conversions\n"
        "2026-02-31,a,999,JPY,1,1,1,0\n",
        encoding="utf-8",
    )
    for name, (content, _) in BAD_FILES.items():
        (folder / name).write_bytes(content)
    try:
        output = company.run()
    finally:
        for name in (*BAD_FILES, impossible.name):
            (folder / name).unlink()
    for name, (_, said) in BAD_FILES.items():
        assert name in output
        assert said in output
    with duckdb.connect(str(company.version / "keiro.duckdb"), read_only=True) as con:
        failures = con.execute(
            "select file_name, row_number, column_name, text_value from load.cast_failures"
        ).fetchall()
        refused = con.execute(
            "select parse_filename(file_name) from load.load_log where status = 'refused'"
        ).fetchall()
    # Only the shape of the cell is published; the file and the row say where to look.
    assert failures == [("google_ads/report_date.csv", 1, "day", "9999-99-99")]
    assert sorted(refused) == sorted((name,) for name in BAD_FILES)
