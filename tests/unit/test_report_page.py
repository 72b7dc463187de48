"""What the page says of a small published database, read from the HTML that is written."""

import re
from pathlib import Path

import pytest

from tests.unit.report_database import small_company
from tests.unit.report_html import Page, written


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Page:
    return written(small_company(tmp_path_factory.mktemp("company")))


def test_the_page_is_one_file_that_asks_for_nothing(company):
    for tag, attrs in company.tags:
        assert tag not in {"iframe", "object", "embed", "base", "form"}
        assert not attrs.get("src")
        href = attrs.get("href") or ""
        assert href.startswith(("#", "data:")) or not href
    policy = next(a["content"] for t, a in company.tags if t == "meta" and "content" in a)
    assert "default-src 'none'" in str(policy)
    assert "unsafe-eval" not in str(policy)
    script_sources = re.search(r"script-src ([^;]+)", str(policy))
    assert script_sources
    assert all(source.startswith("'sha256-") for source in script_sources.group(1).split())
    assert len(company.html.encode()) < 2_000_000


def test_elements_are_closed_and_ids_are_unique(company):
    assert company.open == []
    assert len(company.ids) == len(set(company.ids))


def test_the_kgi_comes_first_with_its_pace(company):
    text = company.text("en", "summary")
    assert company.sections == ["summary", "tree", "funnel", "trends", "flags", "data"]
    assert "Won revenue: ¥120.0M of ¥240.0M (50.0%). ¥96.0M was to be reached by now" in text
    assert "this is 125.0% of the pace" in text
    assert "¥1.20億" in company.text("ja", "summary")
    assert "2026年9月30日" in company.text("ja")


def test_what_holds_back_is_ordered_by_how_far_it_is_behind(company):
    answer = company.text("en", "summary").split("What holds us back most?")[1]
    answer = answer.split("Which numbers")[0]
    # Cost is better when lower: 125 % of its target is 80 % of the way, deals are at 66.7 %.
    assert answer.index("Won deals") < answer.index("Cost per mql")


def test_a_withheld_value_is_shown_as_withheld_with_its_cause(company):
    row = company.text("en", "tree").split("Follow up rate")[1].split("What follow_up_rate")[0]
    assert row.startswith(" Value withheld")
    assert "data delivery" in row
    assert "The lists were not delivered." in company.text("en", "tree")
    assert "リストが届いていません。" in company.text("ja")


def test_the_tree_nests_kpis_below_their_parents(company):
    start = company.html.index('id="en-kpi-won_revenue"')
    deals = company.html.index('id="en-kpi-won_deals"')
    rate = company.html.index('id="en-kpi-mql_to_won_60d"')
    assert start < deals < rate
    assert company.html[start:deals].count("<ul>") == 1
    assert company.html[deals:rate].count("<ul>") == 1


def test_the_funnel_counts_people_of_the_year_and_says_what_a_rate_rests_on(company):
    funnel = company.text("en", "funnel")
    assert "MQL 4 entered" in funnel
    assert "Won 1 entered" in funnel
    assert "12.3% within 60 days n = 420, FY2026 provisional drifting" in funnel
    assert "Lost" not in funnel


def test_open_flags_come_first_and_closed_ones_are_folded(company):
    text = company.text("en", "flags")
    assert text.index("The lists were not delivered.") < text.index("It fell from 20 %")
    assert "Closed flags: 1" in text
    folded = company.html.split("Closed flags: 1")[1].split("</details>")[0]
    assert "An old story." in folded
    # Nobody translated this one: better in English than not at all.
    assert "It fell from 20 %" in company.text("ja")


def test_loads_and_checks_are_counted(company):
    data = company.text("en", "data")
    assert "crm · deals 1 0 1 1 1,200 1,150 47 3 0" in data
    assert "crm/page.csv the file is HTML" in data
    assert "crm/short.csv it lacks 900 of 1,200 rows" in data
    assert "Total 1 1 1" in data


def test_the_language_that_is_asked_for_is_shown_first(tmp_path):
    page = written(small_company(tmp_path), "ja")
    assert ("html", {"lang": "ja"}) in page.tags
    shown = [a["data-body"] for _, a in page.tags if "data-body" in a and "hidden" not in a]
    assert shown == ["ja"]
    assert "<title>KPIレポート</title>" in page.html


def test_the_same_database_gives_the_same_page(tmp_path):
    base = small_company(tmp_path)
    assert written(base).html == written(base).html


def test_the_page_takes_its_version_from_the_manifest(tmp_path):
    base = small_company(tmp_path)
    manifest: Path = base.file.with_name("manifest.json")
    manifest.write_text(
        '{"version": "v<7>", "published_at": "2026-10-01T06:00:00+09:00"}', encoding="utf-8"
    )
    text = written(base).text()
    assert "Version v<7>" in text
    assert "2026-09-30 21:00 UTC" in text
