"""Databases that hold little, nothing, or texts that mean harm."""

import json

import pytest

from keiro.report import write_report
from keiro.report.page import embed_json
from tests.unit.report_database import LAST_YEAR, YEAR, ReportDatabase, small_company
from tests.unit.report_html import Page, written

HOSTILE = "</script><script>alert('x')</script><img src=https://example.org/x onerror=alert(1)>"


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Page:
    return written(ReportDatabase(tmp_path_factory.mktemp("empty")))


def test_a_database_without_rows_gives_a_page_that_says_so(empty):
    text = empty.text()
    for said in (
        "No KGI is defined.",
        "No KPI is defined yet.",
        "No stage is defined yet.",
        "There are no monthly values yet.",
        "No flag is open.",
        "No number is withheld.",
        "No file has been loaded.",
        "No check has run.",
    ):
        assert said in text
    assert "None" not in text


def test_tables_that_are_absent_count_as_empty(tmp_path):
    import duckdb

    database = ReportDatabase(tmp_path)
    with duckdb.connect(str(database.file)) as con:
        for schema in ("funnel", "kpi", "load"):
            con.execute(f"drop schema {schema} cascade")
    assert "No KGI is defined." in written(database).text()


def test_kpis_without_targets_values_or_parents(tmp_path):
    base = ReportDatabase(tmp_path).calendar()
    base.kpi("goal", "kgi", unit="EUR", kind="amount")
    base.kpi("orphan", parent_metric="nobody").kpi("new_one", parent_metric="goal")
    base.kpi("hen", parent_metric="egg").kpi("egg", parent_metric="hen")
    base.value("goal", **YEAR, value=5e6)
    text = written(base).text()
    assert "Goal stands at €5.00M; it has no target." in text
    for label in ("Orphan", "New one", "Hen", "Egg"):
        assert label in text
    assert "no value" in text
    assert "No KPI with a target is behind." in text


def test_a_withheld_kgi_says_so_and_draws_no_line(tmp_path):
    base = ReportDatabase(tmp_path).calendar()
    base.kpi("goal", "kgi", unit="JPY", kind="amount")
    base.value("goal", **YEAR, trust="withheld", withheld_by_flag_id="f")
    base.value("goal", grain="day", period_start="2026-04-01", period_end="2026-04-01", value=7)
    base.target("goal", target=10, trust="withheld", status="withheld")
    base.flag("f", metric="goal", cause="definition", detail_en="Another formula.")
    page = written(base)
    assert "Goal is withheld (definition changed)." in page.text()
    assert page.payload["rows"]["en"]["pace"] == []


def test_a_rate_of_the_year_before_is_named_as_such(tmp_path):
    base = small_company(tmp_path)
    base.kpi("won_to_paid_90d", unit="ratio", kind="rate")
    base.value("won_to_paid_90d", **YEAR, value=1, n=1, status="insufficient")
    base.value("won_to_paid_90d", **LAST_YEAR, value=0.25, n=40)
    base.insert(
        "funnel.dim_stages", [{"stage": "paid", "position": 3, "kind": "won", "label_en": "Paid"}]
    )
    cohort = {"from_stage": "won", "to_stage": "paid", "scope": "all", "horizon_days": 90}
    base.insert("funnel.fct_cohort_conversions", [cohort | {"cohort_month": "2026-08-01"}])
    assert "25.0% within 90 days n = 40, FY2025" in written(base).text()


@pytest.mark.parametrize(
    ("followed", "expected"),
    [(10, "50.0% within 30 days"), (9, "not measured within 30 days")],
)
def test_cohorts_that_no_kpi_covers_are_pooled_when_enough_were_followed(
    tmp_path, followed, expected
):
    base = ReportDatabase(tmp_path).calendar()
    base.kpi("goal", "kgi").value("goal", **YEAR, value=1)
    base.insert(
        "funnel.dim_stages",
        [
            {"stage": "a", "position": 1, "kind": "open", "label_en": "First"},
            {"stage": "b", "position": 2, "kind": "won", "label_en": "Second"},
        ],
    )
    base.insert(
        "funnel.fct_cohort_conversions",
        [
            {
                "cohort_month": "2026-05-01",
                "from_stage": "a",
                "to_stage": "b",
                "scope": "all",
                "horizon_days": 30,
                "n": 20,
                "n_mature": followed,
                "rate": 0.5,
            }
        ],
    )
    assert expected in written(base).text()


def test_texts_of_the_data_cannot_become_elements(tmp_path):
    base = small_company(tmp_path)
    base.kpi("evil", label_en=HOSTILE, label_ja=HOSTILE, description=HOSTILE, formula=HOSTILE)
    base.value("evil", **YEAR, value=1).target("evil", target=2, attainment=0.5, status="behind")
    base.value("evil", grain="month", period_start="2026-09-01", period_end="2026-09-30", value=1)
    base.flag("f2", subject=HOSTILE, detail_en=HOSTILE, detail_ja=HOSTILE, owner=HOSTILE)
    base.insert(
        "load.load_log", [{"source": HOSTILE, "object": "o", "file_name": "f", "status": "loaded"}]
    )
    base.insert(
        "funnel.dim_stages", [{"stage": "x", "position": 4, "kind": "open", "label_en": HOSTILE}]
    )
    page = written(base)
    assert HOSTILE in page.text()
    assert not [tag for tag, _ in page.tags if tag == "img"]
    assert sum(tag == "script" for tag, _ in page.tags) == 3


def test_embedded_json_survives_and_cannot_end_its_element():
    value = {"a": "</script><!--&\u2028", "b": [1, None, True, "日本語"]}
    embedded = str(embed_json(value))
    assert not set("<>&\u2028") & set(embedded)
    assert json.loads(embedded) == value


def test_a_failed_page_leaves_the_old_one(tmp_path):
    page = tmp_path / "report.html"
    page.write_text("old", encoding="utf-8")
    broken = tmp_path / "no.duckdb"
    broken.write_text("no database at all " * 300, encoding="utf-8")
    with pytest.raises(Exception, match=r"(?i)duckdb|database"):
        write_report(broken, page)
    assert page.read_text(encoding="utf-8") == "old"
    assert {path.name for path in tmp_path.iterdir()} == {"report.html", "no.duckdb"}
