"""The demo's initiatives against what the simulator did, its ledger against its values."""

import json
from datetime import datetime

import duckdb
import pytest

from tests.conftest import run_command
from tests.e2e.conftest import PublishedDemo


@pytest.fixture(scope="module")
def verdicts(demo: PublishedDemo) -> dict[str, dict]:
    with duckdb.connect(str(demo.database), read_only=True) as con:
        cursor = con.execute("from kpi.fct_initiative_verdicts where role = 'target'")
        names = [column[0] for column in cursor.description]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    return {row["initiative_id"]: row for row in rows}


def test_a_real_fall_is_harm_and_no_change_is_no_effect(
    demo: PublishedDemo, verdicts: dict[str, dict]
) -> None:
    """The chance of MQL to SAL halves over five months; ads change nothing about visits."""
    incidents = json.loads((demo.truth / "truth.json").read_text(encoding="utf-8"))["incidents"]
    (fall,) = [incident for incident in incidents if incident["kind"] == "conversion_fall"]
    calls, ads = verdicts["call_by_score"], verdicts["ad_texts"]
    assert calls["verdict"] == "harm"
    first, last = (datetime.fromisoformat(fall[key]).date() for key in ("from", "to"))
    share = [(calls[key] - first) / (last - first) for key in ("measured_from", "measured_to")]
    lost = fall["probability_to"] / fall["probability_from"] - 1
    true_effect = lost * sum(share) / 2
    assert calls["effect_lower"] < true_effect < calls["effect_upper"] < 0
    assert ads["verdict"] == "no_effect_shown"
    assert ads["effect_lower"] < 0 < ads["effect_upper"]
    assert ads["design_used"] == "difference_in_differences"


def test_what_is_not_final_has_no_verdict(verdicts: dict[str, dict]) -> None:
    nurture = verdicts["nurture_by_segment"]
    assert (nurture["verdict"], nurture["effect"]) == ("too_early", None)
    assert nurture["planned_detectable"] > 0


def test_the_review_names_what_is_overdue(demo: PublishedDemo) -> None:
    review = json.loads(run_command(["keiro", "review", "--json"], env=demo.env).stdout)
    assert review["overdue"] == ["call_by_score"]
    shown = run_command(["keiro", "review", "--language", "ja"], env=demo.env).stdout
    assert "期限超過" in shown


def test_the_ledger_holds_what_was_published_and_as_of_today_shows_it(demo: PublishedDemo) -> None:
    with duckdb.connect(str(demo.database), read_only=True) as con:
        differing = con.execute(
            "select count(*) from kpi.fct_kpi_values as v full join kpi.fct_kpi_ledger as l"
            " using (metric, grain, scope, period_start)"
            " where v.value is distinct from l.value or v.status is distinct from l.status"
        ).fetchall()
    assert differing == [(0,)]
    known = json.loads(run_command(["keiro", "as-of", "today", "--json"], env=demo.env).stdout)
    assert known["as_of"] == "2026-09-30"
    assert known["kpis"][0]["metric"] == "won_revenue"
    assert all(row["value"] == row["value_today"] for row in known["kpis"])
    before = run_command(["keiro", "as-of", "2020-01-01"], env=demo.env, expect=2)
    assert "nothing had been published" in before.stderr
