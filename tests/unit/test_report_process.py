"""Speed, handovers and origins on the page, and what the funnel says of trust and projections."""

import pytest

from tests.unit.report_database import YEAR, ReportDatabase, month, small_company
from tests.unit.report_html import Page, written

HOSTILE = "</td><script>window.broken=1</script>"
CLAIMS = (
    "is_sourced_by_lead_source",
    "is_sourced_by_first_touch",
    "is_sourced_by_touch_before_creation",
    "is_influenced_before_creation",
    "is_influenced_before_close",
)


def with_process(base: ReportDatabase) -> ReportDatabase:
    """Twelve deals won, of 100 each: marketing claims 3 to 9 of them, 2 have no known touch."""
    pair = {"stage_pair": "mql_to_won", "from_stage": "mql", "to_stage": "won", "scope": "all"}
    base.insert(
        "funnel.fct_stage_velocities",
        [
            pair
            | {"n": 420, "p25_days": 3, "median_days": 8, "p75_days": 21, "status": "provisional"},
            # Of a channel: the page is of all.
            pair | {"scope": "channel=email", "n": 7, "median_days": 99},
            pair | {"stage_pair": "won_to_paid", "from_stage": "won", "status": "insufficient"},
        ],
    )
    base.insert(
        "funnel.fct_stage_ages",
        [
            {"stage_pair": "mql_to_won", "from_stage": "mql", "is_ageing": is_ageing}
            for is_ageing in (True, True, False, False, False, None)
        ],
    )
    outcome = {"scope": "all", "n_due": 40, "n": 40, "status": "final", "n_in_time": 0}
    base.insert(
        "funnel.fct_handover_outcomes",
        [
            outcome
            | {"cohort_month": "2026-08-01", "outcome": name, "n_outcome": n, "n_in_time": in_time}
            | {"rejection_reason": reason}
            for name, reason, n, in_time in (
                ("accepted", None, 20, 18),
                ("rejected", HOSTILE, 6, 5),
                ("rejected", "not_stated", 4, 1),
                ("never_touched", None, 10, 0),
            )
        ]
        + [
            outcome | {"cohort_month": "2026-03-01", "outcome": "accepted", "n_outcome": 40},
            outcome
            | {"cohort_month": "2026-09-01", "outcome": "never_touched", "n_outcome": 3}
            | {"n_due": 4, "status": "provisional"},
        ],
    )
    base.insert(
        "funnel.fct_opportunity_origins",
        [
            {"amount": 100, "is_won": deal < 12, "closed_date": "2026-05-01"}
            | {name: deal < 3 + number * 2 for number, name in enumerate(CLAIMS[:4])}
            | {CLAIMS[4]: deal < 9, "is_unattributed": deal >= 10}
            for deal in range(14)
        ],
    )
    return base


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Page:
    return written(with_process(small_company(tmp_path_factory.mktemp("process"))))


def test_speed_is_shown_with_who_waits_too_long(page: Page) -> None:
    """Two of the five whose age can be judged are ageing; one cannot be judged."""
    text = page.text("en", "funnel")
    assert "MQL – Won 420 8 3 – 21 6 2 (40.0%) provisional" in text
    assert "Won – Won – – – – – too few cases" in text
    assert "99" not in text
    assert "MQL – 受注 420 8 3 – 21 6 2 (40.0%) 暫定" in page.text("ja", "funnel")


def test_handovers_are_shares_of_those_due_newest_first(page: Page) -> None:
    text = page.text("en", "funnel")
    assert "2026-08 40 50.0% 25.0% 25.0% 60.0% final" in text
    assert "2026-09 4 0.0% 0.0% 75.0% 0.0% provisional 2026-08" in text
    assert "2026-03 40" not in text
    assert "not stated 4" in text
    assert "記載なし 4" in page.text("ja", "funnel")


def test_origins_are_a_band_with_the_unattributed_share(page: Page) -> None:
    text = page.text("en", "funnel")
    assert "between 25.0% and 75.0% of the won amount; 16.7% has no known touch" in text
    assert "Sourced, by lead source 3 ¥300 25.0% provisional" in text
    assert "No known touch 2 ¥200 16.7% provisional" in text
    assert "受注金額の25.0%から75.0%" in page.text("ja", "funnel")


def test_reasons_cannot_become_elements(page: Page) -> None:
    assert HOSTILE + " 6" in page.text("en", "funnel")
    assert HOSTILE not in page.html
    assert page.open == []


def test_few_deals_have_no_share(tmp_path) -> None:
    base = small_company(tmp_path)
    won = {"amount": 100, "is_won": True, "closed_date": "2026-05-01", "is_unattributed": True}
    base.insert("funnel.fct_opportunity_origins", [won] * 9)
    text = written(base).text("en", "funnel")
    assert "9 deals were won: too few for shares." in text
    assert "No known touch 9 ¥900 – too few cases" in text


def test_withheld_and_drifting_shares_say_so(tmp_path) -> None:
    base = with_process(small_company(tmp_path))
    base.kpi("never_touched_per_mql", unit="ratio", kind="rate")
    base.kpi("rejected_per_mql_in_sla", unit="ratio", kind="rate")
    august = month("2026-08-01", "2026-08-31")
    base.value("never_touched_per_mql", **august, trust="withheld", withheld_by_flag_id="lost")
    base.value("rejected_per_mql_in_sla", **august, value=0.25, trust="drifting")
    base.kpi("won_revenue_share_sourced_by_first_touch", unit="ratio", kind="rate")
    base.value(
        "won_revenue_share_sourced_by_first_touch",
        **YEAR,
        trust="withheld",
        withheld_by_flag_id="lost",
    )
    text = written(base).text("en", "funnel")
    assert "2026-08 40 50.0% 25.0% drifting withheld (data delivery) 60.0% final" in text
    assert "Sourced, by first touch 5 withheld (data delivery) withheld (data delivery)" in text
    # What a withheld number is part of is not said either.
    assert "of the won amount; " not in text


@pytest.mark.parametrize(
    ("trust", "shown"),
    [
        ("withheld", "First withheld data delivery withheld data delivery within 30 days"),
        ("drifting", "First 2 entered drifting 40.0% within 30 days"),
    ],
)
def test_counts_and_rates_of_a_stage_are_judged_as_the_kpi_that_counts_it(
    tmp_path, trust: str, shown: str
) -> None:
    base = _two_stages(tmp_path)
    base.kpi("firsts", formula="count(id) where {{ Dimension('stage_entry__stage') }} = 'a'")
    base.value("firsts", **YEAR, value=2, trust=trust, withheld_by_flag_id="f")
    base.flag("f")
    assert shown in written(base).text("en", "funnel")


def test_a_projection_says_how_many_were_followed_and_how_sure_it_is(tmp_path) -> None:
    """60 of 100 at 30 % and 40 at 55 %: 40 %, known as of 1 / (.6² / 60 + .4² / 10) = 45.5.

    Wilson's interval of 40 % of 45.5 is 27.1 to 54.5 %.
    """
    text = written(_two_stages(tmp_path)).text("en", "funnel")
    assert (
        "First 2 entered 40.0% within 30 days n = 100, 60 followed for all days, the others "
        "projected; 2026-05 – 2026-08 95 %: 27.1% – 54.5% provisional" in text
    )


def _two_stages(folder) -> ReportDatabase:
    base = ReportDatabase(folder).calendar()
    base.kpi("goal", "kgi").value("goal", **YEAR, value=1)
    base.insert(
        "funnel.dim_stages",
        [
            {"stage": "a", "position": 1, "kind": "open", "label_en": "First"},
            {"stage": "b", "position": 2, "kind": "won", "label_en": "Second"},
        ],
    )
    entry = {"stage": "a", "exit_type": "open", "entered_date": "2026-05-01"}
    base.insert("funnel.fct_stage_entries", [entry | {"entity_id": name} for name in "pq"])
    cohort = {"from_stage": "a", "to_stage": "b", "scope": "all", "horizon_days": 30}
    base.insert(
        "funnel.fct_cohort_conversions",
        [
            cohort
            | {"cohort_month": "2026-05-01", "n": 60, "n_mature": 60, "rate": 0.3}
            | {"n_effective": 60},
            cohort
            | {"cohort_month": "2026-08-01", "n": 40, "n_mature": 0, "rate": 0.55}
            | {"n_effective": 10},
        ],
    )
    return base
