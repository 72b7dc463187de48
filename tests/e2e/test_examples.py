"""The worked examples: what their pages tell to type gives the numbers that were simulated."""

import csv
import re
from datetime import date, datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from tests.conftest import PROJECT
from tests.e2e.conftest import FreshClone

SMALL = " --scale 0.15 --start 2026-04-01"


def _run_page(clone: FreshClone, example: str, folder: Path) -> Path:
    """Type the commands of an example's page into a copy of the project, on a smaller demo."""
    made = clone.copy(folder / "keiro")
    page = (PROJECT / "examples" / example / "README.md").read_text(encoding="utf-8")
    commands = re.findall(r"^```sh\n(.*?)\n```", page, re.DOTALL | re.MULTILINE)
    assert [command.split()[1] for command in commands] == ["demo", "run"]
    for command in commands:
        made.shell(command + SMALL if " demo " in command else command)
    return made.folder / "examples" / example


def _published(project: Path) -> duckdb.DuckDBPyConnection:
    database = project / "published" / "current" / "keiro.duckdb"
    return duckdb.connect(str(database), read_only=True)


@pytest.fixture(scope="module")
def shop(clone: FreshClone, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _run_page(clone, "online_shop", tmp_path_factory.mktemp("shop"))


@pytest.fixture(scope="module")
def share(clone: FreshClone, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _run_page(clone, "marketing_share", tmp_path_factory.mktemp("share"))


def _values(project: Path, metric: str, scope: str = "all") -> dict[date, float]:
    with _published(project) as con:
        rows = con.execute(
            """
            select period_start, value from kpi.fct_kpi_values
            where metric = $metric and grain = 'month' and scope = $scope and value is not null
            """,
            {"metric": metric, "scope": scope},
        ).fetchall()
    return dict(rows)


def test_the_shop_sells_what_was_simulated(shop: Path) -> None:
    """Until the middle of September, where the page is read."""
    truth = duckdb.sql(
        f"""
        select
            cast(date_trunc('month', ordered_at at time zone 'Asia/Tokyo') as date),
            count(*), sum(total_jpy), count(*) filter (channel = 'paid_search')
        from '{shop}/exports/_truth/orders.parquet'
        where status = 'paid' and ordered_at at time zone 'Asia/Tokyo' < '2026-09-16'
        group by all
        """
    ).fetchall()
    assert len(truth) == 6
    assert _values(shop, "orders") == {month: count for month, count, _, _ in truth}
    assert _values(shop, "sales") == {month: float(total) for month, _, total, _ in truth}
    paid = _values(shop, "orders", "channel=paid_search")
    assert paid == {month: count for month, _, _, count in truth if count}


def test_the_shops_goal_is_the_product_of_its_drivers(shop: Path) -> None:
    with _published(shop) as con:
        states = con.execute(
            """
            select distinct metric, status from kpi.fct_kpi_identities
            where status != 'not_judged'
            """
        ).fetchall()
        targets = dict(con.execute("select metric, target from kpi.fct_kpi_status").fetchall())
    assert {("sales", "holds"), ("orders", "holds")} <= set(states)
    assert {status for _, status in states} == {"holds"}
    product = targets["visits"] * targets["orders_per_visit"] * targets["average_order_value"]
    assert targets["sales"] == pytest.approx(product)


def test_nurture_scenarios_and_their_mails_are_counted(share: Path) -> None:
    """Counted once more from the exported files, without the mails' scanners."""
    with (share / "seeds" / "nurture_scenarios.csv").open(encoding="utf-8") as file:
        scenario = {row["email_campaign_id"]: row["scenario"] for row in csv.DictReader(file)}
    sent: dict[date, list[str]] = {}
    for name in (share / "exports" / "hubspot").glob("email-events-*.csv"):
        with name.open(encoding="utf-8") as file:
            for row in csv.DictReader(file):
                if row["type"] == "SENT":
                    at = datetime(1970, 1, 1) + timedelta(milliseconds=int(row["created"]), hours=9)
                    month = at.date().replace(day=1)
                    sent.setdefault(month, []).append(scenario[row["emailCampaignId"]])
    assert _values(share, "nurture_mails_sent") == {m: len(names) for m, names in sent.items()}
    running = {month: len(set(names)) for month, names in sent.items()}
    assert _values(share, "nurture_scenarios_running") == running
    assert max(running.values()) == 10


def test_people_found_by_sales_are_no_leads_of_marketing(share: Path) -> None:
    truth = duckdb.sql(
        f"""
        select date_trunc('month', date)::date, sum(leads)
        from '{share}/exports/_truth/daily.parquet'
        where channel not in ('all', 'outbound')
        group by all
        having sum(leads) > 0
        """
    ).fetchall()
    values = _values(share, "marketing_leads")
    assert {month: values[month] for month, _ in truth} == dict(truth)
    assert sum(_values(share, "leads", "channel=outbound").values()) > 100


def test_the_page_shows_both_goals(shop: Path, share: Path) -> None:
    for project, words in ((shop, ("売上", "Sales")), (share, ("25", "marketing"))):
        page = (project / "published" / "current" / "report.html").read_text(encoding="utf-8")
        assert all(word in page for word in words)
