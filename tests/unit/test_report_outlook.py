"""What the page says of the future: forecast, interval, chance, and how right it was before."""

from pathlib import Path

import duckdb
import pytest

from keiro.report.facts import read_facts
from keiro.report.goal import pace_rows
from keiro.report.outlook import chance
from keiro.report.page import write_report
from keiro.report.voice import Voice
from tests.unit.report_database import YEAR, ReportDatabase

FORECAST = {
    "target": 240e6,
    "actual": 120e6,
    "attainment": 0.5,
    "expected_share": 0.4,
    "business_share": 0.5,
    "pace_index": 1.25,
    "status": "on_track",
    "forecast": 231e6,
    "forecast_lower": 202e6,
    "forecast_upper": 262e6,
    "p_hit": 0.37,
    "coverage": 2.5,
    "coverage_required": 3.2,
}


def _page(folder: Path, **target: object) -> str:
    base = ReportDatabase(folder).calendar()
    base.kpi("won_revenue", "kgi", unit="JPY", kind="amount", label_en="Won revenue")
    base.value("won_revenue", **YEAR, value=120e6, status="provisional")
    base.target("won_revenue", **(FORECAST | target))
    row = {"metric": "all", "n": 60, "coverage": 0.79, "brier": 0.101, "brier_run_rate": 0.168}
    base.insert(
        "kpi.fct_kpi_backtest_scores",
        [
            row | {"horizon": "all", "status": "final"},
            row | {"horizon": "6 to 10", "n": 12, "status": "insufficient"},
            row | {"horizon": "1 to 5", "metric": "leads", "n": 77, "status": "final"},
        ],
    )
    page = folder / "report.html"
    write_report(base.file, page, language="en")
    return page.read_text(encoding="utf-8")


def test_the_forecast_stands_with_its_interval_chance_and_coverage(tmp_path: Path) -> None:
    page = _page(tmp_path)
    for said in (
        "¥231.0M",
        "80 % interval: ¥202.0M to ¥262.0M",
        "80%区間: ¥2.02億～¥2.62億",
        "37%",
        "2.5x",
        "3.2x would be needed",
        "目標達成の確率",
        # The share of business days, not that of a learned shape.
        "50.0% of the period",
    ):
        assert said in page, said


def test_a_forecast_that_cannot_be_made_says_why(tmp_path: Path) -> None:
    none = dict.fromkeys(
        ("forecast", "forecast_lower", "forecast_upper", "p_hit", "coverage", "coverage_required")
    )
    page = _page(tmp_path, **none, forecast_reason="short_history")
    assert "the history is too short" in page
    assert "過去の期間が不足しています" in page
    assert "80 % interval" not in page.replace("Within the 80 % interval", "")


def test_scores_of_past_forecasts_are_those_of_all_metrics(tmp_path: Path) -> None:
    page = _page(tmp_path)
    assert "12 (too few)" in page
    assert "79.0%" in page
    assert "0.168" in page
    assert ">77<" not in page


@pytest.mark.parametrize(
    ("share", "said"),
    [(0.00025, "< 1%"), (0.9998, "> 99%"), (0.364, "36%"), (1.0, "100%"), (0, "0%")],
)
def test_chances_are_told_as_sure_as_draws_are(share: float, said: str) -> None:
    assert chance(share) == said


def test_a_project_without_forecasts_gets_its_page(tmp_path: Path) -> None:
    """Its table of targets has the columns of before."""
    base = ReportDatabase(tmp_path).calendar()
    base.kpi("won_revenue", "kgi", unit="JPY", kind="amount", label_en="Won revenue")
    base.value("won_revenue", **YEAR, value=120e6, status="provisional")
    known = {name: FORECAST[name] for name in ("target", "actual", "attainment", "status")}
    base.target("won_revenue", **known)
    with duckdb.connect(str(base.file)) as con:
        for column in (
            "business_share",
            "forecast",
            "forecast_lower",
            "forecast_upper",
            "p_hit",
            "forecast_reason",
            "coverage",
            "coverage_required",
        ):
            con.execute(f"alter table kpi.fct_kpi_status drop column {column}")
        con.execute("drop table kpi.fct_kpi_backtest_scores")
    page = tmp_path / "report.html"
    write_report(base.file, page, language="en")
    said = page.read_text(encoding="utf-8")
    assert "¥240.0M" in said
    assert "Expected at the end" not in said


def test_the_chart_opens_from_today_to_the_interval_of_the_end(tmp_path: Path) -> None:
    base = ReportDatabase(tmp_path).calendar()
    base.kpi("won_revenue", "kgi", unit="JPY", kind="amount", label_en="Won revenue")
    base.value("won_revenue", **YEAR, value=120e6, status="provisional")
    for day, amount in (("2026-04-01", 50e6), ("2026-06-30", 70e6)):
        base.value("won_revenue", grain="day", period_start=day, period_end=day, value=amount)
    base.target("won_revenue", **FORECAST)
    rows = pace_rows(Voice("en", read_facts(base.file)))
    fan = [(row["d"], row["fl"], row["f"], row["fu"]) for row in rows if row["f"] is not None]
    assert fan == [
        ("2026-09-30", 120e6, 120e6, 120e6),
        ("2027-03-31", 202e6, 231e6, 262e6),
    ]
