"""What people get wrong: a clear message, a non-zero exit, and the last publication untouched."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pytest
from filelock import FileLock

from keiro.errors import ExitCode
from tests.conftest import run_command, workplace
from tests.e2e.conftest import FreshClone


class Company:
    """The published clone in a place of its own, to break one thing at a time."""

    def __init__(self, project: Path) -> None:
        self.project = project
        self.env = workplace(project)
        self.exports = self.env["KEIRO_EXPORTS_DIR"]

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
def company(clone: FreshClone, tmp_path_factory: pytest.TempPathFactory) -> Company:
    return Company(clone.copy(tmp_path_factory.mktemp("company") / "keiro").folder)


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


BAD_FILES = {
    "report_html.csv": (b"<!DOCTYPE html><html><body>Sign in</body></html>", "HTML"),
    "report_empty.csv": (b"", "empty"),
    "report_columns.csv": (b"Day,Campaign,Currency code\n2026-09-01,a,JPY\n", "cost"),
    "report_encoding.csv": ("Day,Campaign\n2026-09-01,広告\n".encode("euc-jp"), "encoding"),
}
IMPOSSIBLE_DATE = (
    "Campaign report\nSeptember 2026\n"
    "Day,Campaign,Campaign ID,Currency code,Cost,Impr.,Clicks,Conversions\n"
    "2026-02-31,a,999,JPY,1,1,1,0\n"
)


@pytest.fixture(scope="module")
def published(company: Company) -> str:
    """What one run printed that publishes in spite of bad files and a stage that no row knows."""
    folder = company.exports / "google_ads"
    (folder / "report_date.csv").write_text(IMPOSSIBLE_DATE, encoding="utf-8")
    for name, (content, _) in BAD_FILES.items():
        (folder / name).write_bytes(content)
    before = company.version
    with company.changed(
        "seeds/stage_mapping.csv", "hubspot,deal_stage,Negotiation,opportunity\n", ""
    ):
        output = company.run()
    assert company.version != before
    return output


@pytest.mark.usefixtures("published")
def test_an_unknown_stage_value_is_flagged_and_kept_out(company: Company) -> None:
    output = run_command(
        ["keiro", "status", "--project-dir", company.project, "--json"], env=company.env
    ).stdout
    assert 'hubspot.deal_stage = \\"Negotiation\\"' in output


def test_bad_files_are_named_and_lose_nothing(company: Company, published: str) -> None:
    """Refused files say why, an impossible date has its row listed, the rest is published."""
    for name, (_, said) in BAD_FILES.items():
        assert name in published
        assert said in published
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
