"""The demo's tree and contributions against the simulator's truth, split up here by hand."""

import json
from math import log

import duckdb
import pytest

from tests.conftest import run_command
from tests.e2e.conftest import PublishedDemo


@pytest.fixture(scope="module")
def published(demo: PublishedDemo) -> duckdb.DuckDBPyConnection:
    return duckdb.connect(str(demo.database), read_only=True)


def _months(demo: PublishedDemo, column: str, channel: str = "all") -> dict[str, float]:
    rows = duckdb.execute(
        f"select strftime(date, '%Y-%m'), sum({column}) from '{demo.truth / 'daily.parquet'}' "
        "where channel = ? group by all",
        [channel],
    ).fetchall()
    return {month: float(value or 0) for month, value in rows}


def test_no_identity_is_broken_and_most_quarters_are_judged(
    published: duckdb.DuckDBPyConnection,
) -> None:
    broken, metrics, judged = published.execute(
        """
        select
            count(*) filter (where status = 'broken'),
            count(distinct metric),
            count(*) filter (where status = 'holds' and grain = 'fiscal_quarter' and scope = 'all')
        from kpi.fct_kpi_identities
        """
    ).fetchone()
    assert broken == 0
    assert metrics >= 10
    assert judged >= 6 * 8


def test_won_revenue_is_split_as_the_truth_says(
    demo: PublishedDemo, published: duckdb.DuckDBPyConnection
) -> None:
    """LMDI by its definition on the simulator's own wins and amounts of each month it tells."""
    revenue, wins = (_months(demo, column) for column in ("revenue_jpy", "won"))
    rows = published.execute(
        """
        select strftime(from_period, '%Y-%m'), strftime(to_period, '%Y-%m'), driver, contribution
        from kpi.fct_kpi_contributions
        where metric = 'won_revenue' and grain = 'month' and scope = 'all'
            and decomposition = 'identity' and comparison != 'target' and method = 'lmdi'
            and from_period >= '2024-10-01'
        """
    ).fetchall()
    assert len(rows) >= 2 * 25
    for before, after, driver, contribution in rows:
        parts = {
            "won_deals": wins,
            "average_deal_value": {m: revenue[m] / wins[m] for m in (before, after)},
        }
        growth = log(revenue[after] / revenue[before])
        mean = (revenue[after] - revenue[before]) / growth if growth else revenue[after]
        expected = mean * log(parts[driver][after] / parts[driver][before])
        assert contribution == pytest.approx(expected, rel=1e-9, abs=1e-3)


def test_channels_are_split_as_the_truth_says(
    demo: PublishedDemo, published: duckdb.DuckDBPyConnection
) -> None:
    rows = published.execute(
        """
        select strftime(from_period, '%Y-%m'), strftime(to_period, '%Y-%m'), driver, contribution
        from kpi.fct_kpi_contributions
        where metric = 'won_revenue' and grain = 'month' and decomposition = 'segments'
            and comparison = 'year_before' and from_period >= '2024-10-01'
        """
    ).fetchall()
    assert len(rows) > 30
    channels = {row[2] for row in rows}
    truth = {c: _months(demo, "revenue_jpy", c.removeprefix("channel=")) for c in channels}
    for before, after, driver, contribution in rows:
        expected = truth[driver].get(after, 0) - truth[driver].get(before, 0)
        assert contribution == pytest.approx(expected, abs=1e-3)


def test_every_whole_quarter_of_won_revenue_is_split_by_cohorts(
    published: duckdb.DuckDBPyConnection,
) -> None:
    rows = published.execute(
        """
        select any_value(change), sum(contribution), count(*), count(lower)
        from kpi.fct_kpi_contributions
        where metric = 'won_revenue' and grain = 'fiscal_quarter' and decomposition = 'cohorts'
            and comparison = 'previous'
        group by to_period
        """
    ).fetchall()
    assert len(rows) >= 7
    for change, summed, effects, intervals in rows:
        assert (effects, intervals) == (5, 5)
        assert summed == pytest.approx(change, abs=1e-3)


def test_the_commands_show_the_demo(demo: PublishedDemo) -> None:
    tree = json.loads(run_command(["keiro", "tree", "--json"], env=demo.env).stdout)
    assert tree["root"] == "won_revenue"
    assert {"identity", "lagged", "hypothesis", "guardrail"} == {
        edge["kind"] for edge in tree["drivers"]
    }
    explain = ["keiro", "explain", "won_revenue", "--to", "2026-04", "--grain", "fiscal_year"]
    said = run_command([*explain, "--lang", "ja"], env=demo.env).stdout
    assert "受注金額は2026年度に" in said
    assert "受注件数：" in said
