"""Costs of Google, Meta and LinkedIn ads from their reports, and of a source of a user's own."""

import io
from datetime import date
from decimal import Decimal
from typing import Any

import pandas as pd
import pytest
from openpyxl import Workbook

from tests.conftest import SHARED_DATA
from tests.sources.project import SourceProject

FACEBOOK = SHARED_DATA / "facebook_ads" / "KAG_conversion_data.csv"
INPUTS = ["costs", "cast_failures"]
SOURCES = dict.fromkeys(("google_ads", "meta_ads", "linkedin_ads", "own_ads"), INPUTS)

GOOGLE_EN = """Campaign report
"September 1, 2026 - September 3, 2026"
Campaign status,Day,Campaign,Campaign ID,Currency code,Avg. cost,Cost,Cost / conv.,Impr.,Clicks,\
Conversions,All conv.
Enabled,2026-09-01,Brand,123,JPY,9,"1,033.33",7,"1,100",55,2.5,99
Enabled,2026-09-02,Brand,123,JPY,9, --,7,0,0,0.00,99
Enabled,2026-09-02,Generic,124,JPY,9,400,7,10,1,,99
Enabled,2026-09-03,Generic,124,JPY,9,900,7,90,9,1.00,99
Total: Campaigns,--,--,--,JPY,9,"2,333.33",7,"1,200",65,3.5,99
Total: Account,--,--,--,JPY,9,"2,333.33",7,"1,200",65,3.5,99
"""
# Two days later the last days are exported again: one is restated, one campaign is gone from it.
GOOGLE_AGAIN = """Campaign report
"September 3, 2026 - September 4, 2026"
Day,Campaign,Campaign ID,Currency code,Cost,Impr.,Clicks,Conversions
2026-09-03,Brand,123,JPY,77,7,1,0.5
2026-09-04,Generic,124,JPY,500,50,5,0
Total: Account,--,--,JPY,577,57,6,0.5
"""
GOOGLE_JA = """キーワード レポート (2026-09-01 - 2026-09-01)
日\tキャンペーン\tキャンペーン タイプ\t広告グループ\t費用\
\t表示回数\tクリック数\tコンバージョン（現在のモデル）
2026/09/01\t指名\t検索\tA\t￥1,200\t1,000\t10\t1.5
2026/09/01\t指名\t検索\tB\t800円\t500\t5\t0.5
2026/09/01\t一般\t検索\tA\tabc\t1\t1\t0
合計: アカウント\t--\t--\t--\t2,000\t1,501\t16\t2
"""
# Names that begin as a row of totals might; then the second day once more, from pages in Japanese.
GOOGLE_NAMES = """Campaign report
"September 5, 2026 - September 6, 2026"
Campaign,Campaign ID,Day,Currency code,Cost
合計見積り,31,2026-09-05,JPY,50
Brand,32,2026-09-05,USD,5
Brand,32,2026-09-05,JPY,500
Brand,32,2026-09-06,JPY,600
合計: アカウント,--,--,JPY,1155
"""
GOOGLE_OTHER_DATES = "日,キャンペーン,キャンペーン ID,費用\n2026/09/06,指名,32,700\n"
GOOGLE_WEEKLY = "Week,Campaign,Campaign ID,Cost\n2026-08-31,Brand,123,500\n"
META_EN = """Reporting starts,Reporting ends,Campaign name,Campaign ID,Day,Amount spent (USD),\
Impressions,Link clicks,Clicks (all),Results
2026-09-01,2026-09-02,,,,30.5,1000,10,20,1
2026-09-01,2026-09-02,Leads,120210012345678901,2026-09-01,10.5,400,4,8,
2026-09-01,2026-09-02,Leads,120210012345678901,2026-09-02,20,600,6,12,1
"""
META_JA = """レポート開始日,レポート終了日,キャンペーン名,キャンペーンID,広告セット名,日,\
消化金額 (JPY),インプレッション,リーチ,リンクのクリック,クリック(すべて),結果,結果の単価
2026-09-01,2026-09-01,認知,1.20210E+17,東京,2026-09-01,"1,234",400,300,4,8,,
2026-09-01,2026-09-01,認知,1.20210E+17,大阪,2026-09-01,766,100,90,1,2,,
2026-09-01,2026-09-01,獲得,1.20210E+17,東京,2026-09-01,500,50,40,1,2,,
"""
META_RANGE = """Reporting starts,Reporting ends,Campaign name,Amount spent (JPY)
2026-09-01,2026-09-30,Leads,9
"""
LINKEDIN = """Campaign Performance Report (in UTC)
Report Start: September 1, 2026, 12:00 AM
Report End: September 30, 2026, 11:59 PM
Date Generated: October 1, 2026, 1:00 AM

Start Date (in UTC)\tAccount Name\tCampaign Group Name\tCampaign Name\tCampaign ID\
\tCurrency\tTotal Spent\tImpressions\tClicks
9/1/2026\tAcme\tDefault\tWhitepaper\t555\tEUR\t1,012.34\t1000\t7
12/9/2026\tAcme\tDefault\tWhitepaper\t555\tEUR\t1\t10\t0
"""
OWN_SOURCES = r"""
sources:
  - name: own_ads
    schema: raw
    tables:
      - name: ads
        identifier: own_ads__ads
        config: {meta: {files: ["own/*.csv"], format: csv, mode: append, primary_key: [ad_id]}}
        columns:
          - {name: ad_id}
          - {name: fb_campaign_id}
          - {name: impressions}
          - {name: clicks}
          - {name: spent}
          - {name: leads, config: {meta: {aliases: [Total_Conversion]}}}
          - {name: sales, config: {meta: {aliases: [Approved_Conversion]}}}
"""
OWN_STAGING = """
select
    ad_id,
    fb_campaign_id as campaign_id,
    {{ parse_integer('impressions') }} as impression_count,
    {{ parse_integer('clicks') }} as click_count,
    {{ parse_number('spent') }} as cost,
    {{ parse_integer('leads') }} as lead_count,
    {{ parse_integer('sales') }} as sale_count
from ({{ current_rows('own_ads', 'ads') }}) as source
"""


def _workbook() -> bytes:
    """A report as Excel, with a real date and an id as text."""
    book, target = Workbook(), io.BytesIO()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Campaign name", "Campaign ID", "Day", "Amount spent (GBP)", "Impressions"])
    sheet.append(["Leads UK", "120210012345678902", date(2026, 9, 8), 1234.5, 10])
    book.save(target)
    return target.getvalue()


@pytest.fixture(scope="module")
def ads(tmp_path_factory: pytest.TempPathFactory) -> SourceProject:
    folder = tmp_path_factory.mktemp("ads")
    project = SourceProject(folder, SOURCES, variables={"currency": "JPY"})
    own = folder / "models" / "staging" / "own"
    own.mkdir(parents=True)
    (own / "_own__sources.yml").write_text(OWN_SOURCES, encoding="utf-8")
    (own / "stg_own_ads__ads.sql").write_text(OWN_STAGING, encoding="utf-8")
    project.put("google_ads/2026-09-03.csv", "\ufeff" + GOOGLE_EN)
    project.put("google_ads/2026-09-05.csv", GOOGLE_AGAIN)
    project.put("google_ads/kansai/report.csv", GOOGLE_JA.encode("utf-16"))
    project.put("google_ads/weekly.csv", GOOGLE_WEEKLY)
    project.put("google_ads/names/1.csv", GOOGLE_NAMES)
    project.put("google_ads/names/2.csv", GOOGLE_OTHER_DATES)
    project.put("meta_ads/us/leads.csv", "\ufeff" + META_EN)
    project.put("meta_ads/japan.csv", "\ufeff" + META_JA)
    project.put("meta_ads/range.csv", META_RANGE)
    project.put("meta_ads/uk/september.xlsx", _workbook())
    project.put("linkedin_ads/report.csv", LINKEDIN.encode("utf-16"))
    again = LINKEDIN.replace("9/1/2026", "09/01/2026").replace("1,012.34", "1,020")
    project.put("linkedin_ads/report_2.csv", "".join(again.splitlines(keepends=True)[:7]))
    if FACEBOOK.exists():
        project.put("own/ads.csv", FACEBOOK.read_bytes())
    project.load()
    project.build(*project.own_models)
    return project


def _costs(ads: SourceProject, source: str) -> dict[tuple[str, str], tuple[Any, ...]]:
    rows = ads.query(
        "select cost_date, campaign_id || case when count(*) over (partition by cost_date,"
        " campaign_id) > 1 and currency != 'JPY' then ' in ' || currency else '' end,"
        " currency, cost_amount, impression_count, click_count"
        f" from intermediate.int_costs_from_{source}"
    )
    return {(f"{day:%m-%d}", campaign): tuple(values) for day, campaign, *values in rows}


def test_a_report_of_google_replaces_its_days_of_its_account(ads: SourceProject) -> None:
    assert _costs(ads, "google_ads") == {
        ("09-01", "123"): ("JPY", Decimal("1033.33"), 1100, 55),
        ("09-02", "123"): ("JPY", None, 0, 0),
        ("09-02", "124"): ("JPY", Decimal(400), 10, 1),
        ("09-03", "123"): ("JPY", Decimal(77), 7, 1),
        ("09-04", "124"): ("JPY", Decimal(500), 50, 5),
        # Another account's folder: its day is its own. Two ad groups are one campaign, named.
        ("09-01", "kansai: 指名"): ("JPY", Decimal(2000), 1500, 15),
        ("09-01", "kansai: 一般"): ("JPY", None, 1, 1),
        ("09-05", "31"): ("JPY", Decimal(50), None, None),
        ("09-05", "32 in USD"): ("USD", Decimal(5), None, None),
        ("09-05", "32"): ("JPY", Decimal(500), None, None),
        # The same day in other writing is restated, not added.
        ("09-06", "32"): ("JPY", Decimal(700), None, None),
    }
    assert ads.query(
        "select campaign, conversion_count from staging.stg_google_ads__campaign_costs"
        " where conversion_count > 0 order by conversion_count, campaign"
    ) == [("Brand", 0.5), ("指名", 0.5), ("指名", 1.5), ("Brand", 2.5)]


def test_totals_and_titles_are_no_rows(ads: SourceProject) -> None:
    log = ads.query(
        "select file_name, encoding, rows_in, rows_loaded, rows_deleted from raw.keiro__load_log"
        " where status = 'loaded' and source = 'google_ads' order by load_seq"
    )
    assert log == [
        ("google_ads/2026-09-03.csv", "utf-8", 4, 4, 0),
        ("google_ads/2026-09-05.csv", "utf-8", 2, 2, 1),
        ("google_ads/kansai/report.csv", "utf-16", 3, 3, 0),
        ("google_ads/names/1.csv", "utf-8", 4, 4, 0),
        ("google_ads/names/2.csv", "utf-8", 1, 1, 0),
    ]


def test_a_cost_that_is_no_number_is_listed(ads: SourceProject) -> None:
    assert ads.query(
        "select file_name, row_number, column_name, text_value"
        " from intermediate.int_cast_failures_from_google_ads where text_value is not null"
    ) == [("google_ads/kansai/report.csv", 3, "cost", "abc")]


def test_meta_has_its_currency_in_the_header_and_no_total(ads: SourceProject) -> None:
    assert _costs(ads, "meta_ads") == {
        ("09-01", "120210012345678901"): ("USD", Decimal("10.50"), 400, 4),
        ("09-02", "120210012345678901"): ("USD", Decimal("20.00"), 600, 6),
        ("09-08", "120210012345678902"): ("GBP", Decimal("1234.50"), 10, None),
        # The spreadsheet rounded the ids of both campaigns to one: their names tell them apart.
        ("09-01", "認知"): ("JPY", Decimal(2000), 500, 5),
        ("09-01", "獲得"): ("JPY", Decimal(500), 50, 1),
    }


@pytest.mark.parametrize("name", ["google_ads/weekly.csv", "meta_ads/range.csv"])
def test_a_report_without_days_is_refused_with_the_remedy(ads: SourceProject, name: str) -> None:
    ((status, message),) = ads.query(
        "select status, message from raw.keiro__load_log where file_name = ?", [name]
    )
    assert status == "refused"
    assert "missing required column: day (Day | 日" in message
    assert "remedy: export the file with that column" in message


def test_linkedin_writes_the_month_first(ads: SourceProject) -> None:
    assert _costs(ads, "linkedin_ads") == {
        ("09-01", "555"): ("EUR", Decimal(1020), 1000, 7),
        ("12-09", "555"): ("EUR", Decimal("1.00"), 10, 0),
    }
    assert ads.query(
        "select distinct report_starts, report_ends, account from raw.linkedin_ads__campaign_costs"
    ) == [("September 1, 2026, 12:00 AM", "September 30, 2026, 11:59 PM", "Acme")]
    assert date(2026, 12, 9) in [
        day
        for (day,) in ads.query("select cost_date from intermediate.int_costs_from_linkedin_ads")
    ]


@pytest.mark.skipif(not FACEBOOK.exists(), reason="the real ad account's data is not here")
def test_a_source_of_ones_own_adds_up_to_the_accounts_totals(ads: SourceProject) -> None:
    ((rows, impressions, clicks, cost, leads, sales),) = ads.query(
        "select count(*), sum(impression_count), sum(click_count), sum(cost), sum(lead_count),"
        " sum(sale_count) from staging.stg_own_ads__ads"
    )
    assert (rows, impressions, clicks, leads, sales) == (1143, 213_434_828, 38_165, 3_264, 1_079)
    assert round(cost, 2) == 58_705.23
    by_campaign = pd.read_csv(FACEBOOK).groupby("fb_campaign_id")["Spent"].sum()
    ours = ads.query("select campaign_id, sum(cost) from staging.stg_own_ads__ads group by 1")
    assert {int(key): pytest.approx(value) for key, value in ours} == by_campaign.to_dict()
