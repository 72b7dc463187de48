"""The example on a real marketplace's funnel meets its answer key, by configuration only."""

import csv
import json
import shutil
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from types import SimpleNamespace

import duckdb
import pytest

from keiro.dbt import DbtProject
from keiro.settings import load_settings
from tests.conftest import PROJECT, SHARED_DATA, run_command, workplace

DATA = SHARED_DATA / "olist_funnel"
pytestmark = pytest.mark.skipif(
    not DATA.exists(), reason="Olist's data set is not part of the project and is not here"
)


def _project(folder: Path, timezone: str) -> Path:
    """A copy of the example with its time zone set."""
    project = folder / "project"
    shutil.copytree(PROJECT / "examples" / "olist", project, ignore=shutil.ignore_patterns("keiro"))
    (project / "keiro").symlink_to(PROJECT)
    _replace(project / "dbt_project.yml", "America/Sao_Paulo", timezone)
    return project


def _replace(file: Path, before: str, after: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert before in text
    file.write_text(text.replace(before, after), encoding="utf-8")


def _run(folder: Path, project: Path) -> duckdb.DuckDBPyConnection:
    """The published database of a project, run on Olist's files."""
    run_command(["keiro", "run", "--project-dir", project], env=workplace(folder, DATA))
    database = folder / "published" / "current" / "keiro.duckdb"
    return duckdb.connect(str(database), read_only=True)


@pytest.fixture(scope="module")
def utc_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("olist_utc")


@pytest.fixture(scope="module")
def utc(utc_folder: Path) -> duckdb.DuckDBPyConnection:
    return _run(utc_folder, _project(utc_folder, "UTC"))


@pytest.fixture(scope="module")
def golden() -> dict:
    return json.loads((SHARED_DATA / "golden.json").read_text(encoding="utf-8"))["olist"]


def _rounded(value: Decimal, digits: str) -> Decimal:
    return value.quantize(Decimal(digits), ROUND_HALF_UP)


def test_mqls_won_and_conversion(utc: duckdb.DuckDBPyConnection, golden: dict) -> None:
    mqls, won = utc.execute(
        """
        select sum(denominator), sum(numerator) from kpi.fct_kpi_values
        where metric = 'mql_to_won' and grain = 'month' and scope = 'all'
        """
    ).fetchone()
    assert (mqls, won) == (golden["mql"], golden["won"]) == (8000, 842)
    assert _rounded(Decimal(won) * 100 / Decimal(mqls), "0.001") == Decimal("10.525")


def test_the_published_table_row_by_row(utc: duckdb.DuckDBPyConnection) -> None:
    """Somebody else's result by origin: all 11 rows, with half-up rounding."""
    ours = {
        scope.removeprefix("channel="): (
            int(mqls),
            int(won),
            _rounded(Decimal(int(won)) * 100 / Decimal(int(mqls)), "0.01"),
            _rounded(Decimal(int(days)) / Decimal(int(won)), "0.1"),
        )
        for scope, mqls, won, days in utc.execute(
            """
            select scope,
                sum(denominator) filter (where metric = 'mql_to_won'),
                sum(numerator) filter (where metric = 'mql_to_won'),
                sum(numerator) filter (where metric = 'days_to_won')
            from kpi.fct_kpi_values where grain = 'month' and scope != 'all' group by scope
            """
        ).fetchall()
    }
    with (DATA / "published_marketing_performance.csv").open(encoding="utf-8") as lines:
        published = {
            {"NULL": "not_recorded"}.get(row["origin"], row["origin"]): (
                int(row["total_leads"]),
                int(row["won_deals"]),
                Decimal(row["conv_rate_pct"]),
                Decimal(row["avg_days_to_close"]),
            )
            for row in csv.DictReader(lines)
        }
    assert len(published) == 11
    assert ours == published


def _won_by_month(con: duckdb.DuckDBPyConnection) -> dict[str, int]:
    return dict(
        con.execute(
            """
            select strftime(period_start, '%Y-%m'), value::int from kpi.fct_kpi_values
            where metric = 'sellers_won' and grain = 'month' and scope = 'all' and value > 0
            """
        ).fetchall()
    )


def test_won_by_month_in_utc(utc: duckdb.DuckDBPyConnection, golden: dict) -> None:
    assert _won_by_month(utc) == golden["won_by_month_naive"]


def test_won_by_month_in_sao_paulo(tmp_path: Path, golden: dict) -> None:
    con = _run(tmp_path, _project(tmp_path, "America/Sao_Paulo"))
    assert _won_by_month(con) == golden["won_by_month_sao_paulo"]


def test_the_end_of_the_export_is_flagged_as_silence(utc: duckdb.DuckDBPyConnection) -> None:
    """The leads end on 31 May 2018 while deals go on until November."""
    rows = utc.execute(
        "select period_start, kind, cause from kpi.fct_kpi_flags"
        " where metric = 'mqls' and kind = 'broken'"
    ).fetchall()
    assert rows == [(date(2018, 6, 1), "broken", "instrumentation")]


def test_the_deal_dated_before_its_first_contact_is_known(
    utc: duckdb.DuckDBPyConnection,
) -> None:
    rows = utc.execute(
        "select lag_days from funnel.fct_stage_conversions where lag_days < 0"
    ).fetchall()
    assert rows == [(-2,)]


def test_another_form_of_the_same_leads_gives_the_same_kpis(
    utc: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    """No header, timestamps, paid_search, nulls as the text NaN: a declaration and a mapping."""
    project = _project(tmp_path, "UTC")
    _replace(
        project / "models" / "staging" / "_olist__sources.yml",
        'files: ["olist_marketing_qualified_leads_dataset.csv"]',
        'files: ["olist_mql_variant_noheader_underscore.csv"]\n'
        "            header: [mql_id, first_contact_date, landing_page_id, origin]",
    )
    mapping = project / "seeds" / "channel_mapping.csv"
    _, *rows = csv.reader(mapping.read_text(encoding="utf-8").splitlines())
    with mapping.open("a", encoding="utf-8") as seed:
        for source, value, channel in rows:
            if "_" in (name := value.replace(" ", "_")):
                seed.write(f"{source},{name},{channel}\n")

    variant = _run(tmp_path, project)

    for table in ("kpi.fct_kpi_values", "kpi.fct_kpi_status", "funnel.fct_mql_outcomes"):
        first, other = (
            con.execute(f"from {table} order by all").fetchall() for con in (utc, variant)
        )
        assert first == other
        assert first or table == "kpi.fct_kpi_status"


COHORTS = """
select
    strftime(cohort_month, '%Y-%m'), n, plain_rate, rate, rate_lower, rate_upper,
    projected_lower, projected_upper, status, is_truncated
from funnel.fct_cohort_conversions where scope = 'all'
"""


@pytest.fixture(scope="module")
def cohorts(
    utc: duckdb.DuckDBPyConnection, utc_folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, dict[str, SimpleNamespace]]:
    """Cohorts by month as they were known on two past days, built anew from all that was loaded."""
    assert utc.execute("select count(*) from funnel.fct_cohort_conversions").fetchone() > (0,)
    folder = tmp_path_factory.mktemp("olist_known")
    shutil.copy(utc_folder / "warehouse" / "keiro.duckdb", folder / "keiro.duckdb")
    settings = load_settings(
        project_dir=utc_folder / "project",
        warehouse=folder / "keiro.duckdb",
        target_dir=folder / "target",
    )
    known = {}
    for day in (date(2018, 6, 30), date(2018, 5, 31)):
        DbtProject(settings, day).build(select=["+fct_cohort_conversions"])
        with duckdb.connect(str(folder / "keiro.duckdb"), read_only=True) as con:
            rows = con.execute(COHORTS)
            names = ["month", *(column[0] for column in rows.description[1:])]
            made = [
                SimpleNamespace(**dict(zip(names, row, strict=True))) for row in rows.fetchall()
            ]
        known[day.isoformat()] = {row.month: row for row in made}
    return known


def test_a_fully_followed_cohort_is_its_ratio(cohorts: dict, golden: dict) -> None:
    march, truth = (
        cohorts["2018-06-30"]["2018-03"],
        golden["cohort_by_first_contact_month"]["2018-03"],
    )
    assert march.status == "final"
    assert march.rate == march.plain_rate == truth["won_90d"] / truth["mql"]
    assert round(100 * march.rate, 2) == 12.01


@pytest.mark.parametrize(
    ("month", "plain", "happened"), [("2018-04", 12.35, 12.65), ("2018-05", 7.52, 8.37)]
)
def test_young_cohorts_come_closer_to_what_happened(
    month: str, plain: float, happened: float, cohorts: dict, golden: dict
) -> None:
    """Known on 30 June, compared with the 90 days that nobody had seen by then."""
    cohort, truth = cohorts["2018-06-30"][month], golden["cohort_by_first_contact_month"][month]
    outcome = truth["won_90d"] / truth["mql"]
    assert (round(100 * cohort.plain_rate, 2), round(100 * outcome, 2)) == (plain, happened)
    assert cohort.status == "provisional"
    assert abs(cohort.rate - outcome) < abs(cohort.plain_rate - outcome)
    assert cohort.rate_lower < outcome < cohort.rate_upper
    assert cohort.projected_lower < truth["won_90d"] < cohort.projected_upper


def test_a_cohort_of_the_same_month_is_projected_with_its_doubt(
    cohorts: dict, golden: dict
) -> None:
    """May on 31 May: its ratio says 5.4 %, 8.37 % happened."""
    may, truth = (
        cohorts["2018-05-31"]["2018-05"],
        golden["cohort_by_first_contact_month"]["2018-05"],
    )
    assert may.status == "provisional"
    assert may.plain_rate < 0.055
    assert may.rate_lower < truth["won_90d"] / truth["mql"] < may.rate_upper


def test_cohorts_before_deals_were_on_record_are_truncated_not_bad(cohorts: dict) -> None:
    for known in cohorts.values():
        before = [row for month, row in known.items() if month < "2017-12"]
        assert len(before) == 6
        assert {(row.is_truncated, row.rate, row.status) for row in before} == {
            (True, None, "insufficient")
        }
        assert not any(row.is_truncated for month, row in known.items() if month >= "2017-12")
