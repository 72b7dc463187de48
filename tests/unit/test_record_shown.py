"""What was known and what was done, as the commands and the page show it."""

import json
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest
from typer.testing import CliRunner

from keiro.cli import app
from keiro.publish import publish
from tests.unit.report_database import ReportDatabase, small_company
from tests.unit.report_html import written

RUNNER = CliRunner()
# Midnight of October 2nd in Tokyo is 15:00 of the 1st in UTC.
RECORD = """
insert into kpi.dim_kpis (metric, role, unit, label_en, label_ja) values
    ('leads', 'kgi', 'count', 'Leads', 'リード数'),
    ('rate', 'driver', 'ratio', 'Rate', '転換率');
insert into kpi.fct_kpi_values (metric, grain, scope, period_start, period_end, value, trust,
    definition_hash) values
    ('leads', 'month', 'all', '2026-09-01', '2026-09-30', 120, 'ok', 'a'),
    ('rate', 'month', 'all', '2026-09-01', '2026-09-30', 0.5, 'ok', 'new');
create table kpi.fct_kpi_ledger as
select * replace (value::double as value)
from (values
    ('leads', 'month', 'all', date '2026-09-01', date '2026-09-30', date '2026-09-30',
        timestamp '2026-10-01 14:59:59', 100.0, 100, 'final', 'ok', 'count', 'a'),
    ('leads', 'month', 'all', date '2026-09-01', date '2026-09-30', date '2026-10-01',
        timestamp '2026-10-01 15:00:00', 120.0, 120, 'final', 'ok', 'count', 'a'),
    ('leads', 'month', 'channel=email', date '2026-09-01', date '2026-09-30', date '2026-09-30',
        timestamp '2026-10-01 14:59:59', 7.0, 7, 'final', 'ok', 'count', 'a'),
    ('rate', 'month', 'all', date '2026-09-01', date '2026-09-30', date '2026-09-30',
        timestamp '2026-10-01 14:59:59', 0.4, 50, 'final', 'ok', 'ratio', 'old'),
    ('gone', 'month', 'all', date '2026-09-01', date '2026-09-30', date '2026-09-30',
        timestamp '2026-10-01 14:59:59', 9.0, 9, 'final', 'ok', 'count', 'a'),
    ('gone', 'month', 'all', date '2026-09-01', date '2026-09-30', date '2026-10-01',
        timestamp '2026-10-01 15:00:00', null, null, 'retired', null, 'count', 'a')
) as rows (metric, grain, scope, period_start, period_end, valid_at, known_at, value, n, status,
    trust, unit, definition_hash);
"""
INITIATIVES = """
create table kpi.fct_initiatives as
select * replace (
    expected_effect::double as expected_effect, planned_detectable::double as planned_detectable
)
from (values
    ('b', 'Calls', '電話', 'sales', 'leads', 'all', 'before_after', date '2026-01-05',
        date '2026-03-29', 0.1, 0.08, 'to_review', true, date '2026-06-30', null, null, null),
    ('a', 'Mails <b>', 'メール', 'marketing', 'leads', 'channel=email', 'randomised',
        date '2026-01-05', date '2026-03-29', 0.2, null, 'closed', false, date '2026-05-31',
        date '2026-05-30', 'adopt', 'target of leads')
) as rows (initiative_id, name_en, name_ja, owner, metric, scope, design, start_date, end_date,
    expected_effect, planned_detectable, phase, is_overdue, review_due_date, reviewed_date,
    decision, linked_change);
create table kpi.fct_initiative_verdicts as
select *, null::varchar as design_used, true as is_evidence, null::date as ready_date,
    20 as n_before, 12 as n_after, 'week' as grain, null::double as effect,
    null::double as effect_lower, null::double as effect_upper
from (values
    ('b', 'target', 'Underpowered: so and so.', '検出力不足：少ない。'),
    ('a', 'target', 'Effect: +50.0%.', '効果あり：+50.0%。'),
    ('a', 'guardrail', 'Harm: -9.0%.', '悪化：-9.0%。')
) as rows (initiative_id, role, detail_en, detail_ja);
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A published project with a ledger and initiatives."""
    (tmp_path / "dbt_project.yml").write_text(
        'vars: {as_of: "2026-10-01", business_timezone: Asia/Tokyo}'
    )
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "220")
    make(tmp_path, RECORD + INITIATIVES)
    return tmp_path


def make(folder: Path, sql: str) -> None:
    database = ReportDatabase(folder / "work")
    with duckdb.connect(str(database.file)) as con:
        con.execute(sql)
    publish(
        database.file,
        folder / "published",
        {"as_of": "2026-10-01"},
        fingerprint="fedcba9876543210",
        descriptions={},
        keep=2,
        now=datetime(2026, 10, 2, tzinfo=UTC),
    )


def shown(*arguments: str, code: int = 0) -> str:
    result = RUNNER.invoke(app, list(arguments))
    assert result.exit_code == code, result.output
    return result.output


def line(output: str, name: str) -> list[str]:
    found = next(text for text in output.splitlines() if name in text)
    return [cell.strip() for cell in found.split("│")[1:-1]]


@pytest.mark.usefixtures("project")
def test_a_day_shows_what_was_published_last_by_its_end() -> None:
    output = shown("as-of", "2026-10-01")
    assert "published 2026-10-01 14:59 UTC, as of 2026-09-30" in output
    period = "2026-09-01 – 2026-09-30"
    assert line(output, "Leads") == ["Leads", period, "100", "120", "20", "100", "final", "trusted"]
    # Under another definition since: both are shown and not subtracted.
    assert line(output, "Rate*")[2:5] == ["40.0%", "50.0%", "–"]
    assert line(output, "gone")[2:5] == ["9", "–", "–"]
    later = shown("as-of", "2026-10-02")
    assert line(later, "Leads")[2:5] == ["120", "120", "0"]
    assert "gone" not in later


@pytest.mark.usefixtures("project")
def test_a_day_in_japanese_and_as_json() -> None:
    assert "当時" in shown("as-of", "2026-10-01", "--language", "ja")
    known = json.loads(shown("as-of", "2026-10-01", "--json"))
    assert (known["as_of"], known["kpis"][0]["metric"]) == ("2026-09-30", "leads")
    assert known["kpis"][0]["value_today"] == 120


@pytest.mark.usefixtures("project")
def test_a_day_that_is_none_or_before_the_ledger_is_wrong_usage() -> None:
    assert "'2026-13-01' is no day" in shown("as-of", "2026-13-01", code=2)
    assert "it begins on 2026-10-01" in shown("as-of", "2026-09-30", code=2)


def test_a_publication_without_ledger_or_initiatives_says_to_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "dbt_project.yml").write_text(
        'vars: {as_of: "2026-10-01", business_timezone: Asia/Tokyo}'
    )
    monkeypatch.chdir(tmp_path)
    for command in (["as-of", "today"], ["review"]):
        assert "nothing has been published yet" in shown(*command, code=2)
    make(tmp_path, "select 1")
    assert "has no ledger" in shown("as-of", "today", code=2)
    assert "has no initiatives" in shown("review", code=2)
    assert "no ledger yet" in shown("bridge", "today", code=2)


@pytest.mark.usefixtures("project")
def test_the_review_shows_each_step_and_what_is_overdue_first() -> None:
    output = shown("review")
    assert output.index("Calls") < output.index("Mails <b>")
    assert "+10% of Leads" in output
    assert "detectable: +8.0%" in output
    assert "not evidence" in output
    assert "OVERDUE since 2026-06-30" in output
    assert "Guardrail: Harm: -9.0%." in output
    assert "adopted on 2026-05-30" in output
    assert "1 overdue: b" in output
    japanese = shown("review", "--language", "ja")
    assert "期限超過 1 件：b" in japanese
    assert "効果あり：+50.0%。" in japanese
    review = json.loads(shown("review", "--json"))
    assert (review["as_of"], review["overdue"]) == ("2026-10-01", ["b"])
    assert review["initiatives"][1]["guardrail_detail_en"] == "Harm: -9.0%."


def test_the_page_has_a_section_of_initiatives_where_there_are_some(tmp_path: Path) -> None:
    company = small_company(tmp_path)
    with duckdb.connect(str(company.file)) as con:
        con.execute(INITIATIVES)
    page = written(company)
    assert page.sections[4:6] == ["initiatives", "flags"]
    assert page.open == []
    text = page.text("en", "initiatives")
    assert "OVERDUE since 2026-06-30" in text
    assert "Mails <b>" in text
    assert "期限超過（2026-06-30）" in page.text("ja", "initiatives")
    assert "Initiatives" in page.text("en")
