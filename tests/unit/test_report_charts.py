"""The rows and specifications of the charts, against values worked out by hand."""

import json

import pytest

from keiro.report.charts import specifications
from tests.unit.report_database import YEAR, ReportDatabase, small_company
from tests.unit.report_html import Page, written


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Page:
    return written(small_company(tmp_path_factory.mktemp("company")))


def test_outcomes_add_up(company):
    rows = company.payload["rows"]["en"]["outcomes"]
    assert [(row["outcome"], row["share"]) for row in rows] == [
        ("advanced", 0.25),
        ("open", 0.5),
        ("lost", 0.25),
    ]


def test_the_cumulative_line_runs_to_the_as_of_date_and_the_pace_to_the_target(company):
    rows = {row["d"]: row for row in company.payload["rows"]["en"]["pace"]}
    assert len(rows) == 365
    assert rows["2026-04-01"]["a"] == 50e6
    assert rows["2026-09-30"]["a"] == 120e6
    assert rows["2026-10-01"]["a"] is None
    assert rows["2027-03-31"]["t"] == pytest.approx(240e6)
    # 1 and 2 April 2026 are a Wednesday and a Thursday: 2 of 261 weekdays of the fiscal year.
    assert rows["2026-04-02"]["t"] == pytest.approx(240e6 * 2 / 261)
    assert rows["2026-04-04"]["t"] == rows["2026-04-03"]["t"]


def test_a_value_on_too_few_cases_does_not_stretch_its_chart(company):
    rows = company.payload["rows"]["en"]["months:mql_to_won_60d"]
    assert [row["v"] for row in rows] == [0.2, 0.1, None]
    assert [row["trust"] for row in rows] == ["ok", "drifting", "ok"]
    assert rows[2]["value"] == "100.0%"
    assert "too few cases" in rows[2]["note"]


def test_a_month_of_a_flow_has_its_share_of_the_target(company):
    august, september = company.payload["rows"]["en"]["months:won_revenue"]
    assert august["t"] == pytest.approx(240e6 * 21 / 261)
    assert september["t"] == pytest.approx(240e6 * 22 / 261)


@pytest.mark.parametrize("language", ["en", "ja"])
def test_the_charts_are_valid_vega_lite(language):
    import altair as alt
    from altair.utils.schemapi import validate_jsonschema

    made = specifications(
        language, units={"JPY", "count", "ratio", "days"}, kgi_unit="JPY", months=24, stages=6
    )
    assert set(made) == {
        "spark",
        "outcomes",
        "pace",
        "months:JPY",
        "months:count",
        "months:ratio",
        "months:days",
    }
    for spec in made.values():
        validate_jsonschema({**spec, "data": {"values": []}}, alt.load_schema())


def test_labels_of_an_axis_follow_the_language():
    axis = {
        lang: json.dumps(
            specifications(lang, units={"JPY"}, kgi_unit=None, months=3, stages=0)["months:JPY"],
            ensure_ascii=False,
        )
        for lang in ("en", "ja")
    }
    assert "'億'" in axis["ja"]
    assert "'万'" in axis["ja"]
    assert "'M'" in axis["en"]
    assert "億" not in axis["en"]


def test_days_that_are_withheld_are_said_to_be_missing_from_the_line(tmp_path):
    base = ReportDatabase(tmp_path).calendar()
    base.kpi("goal", "kgi", unit="JPY", kind="amount").value("goal", **YEAR, value=7)
    day = {"grain": "day", "period_start": "2026-04-02", "period_end": "2026-04-02"}
    base.value("goal", **day, trust="withheld")
    assert "Days that are withheld count as zero in this line." in written(base).text()
