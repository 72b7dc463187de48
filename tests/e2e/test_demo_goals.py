"""Targets, forecasts and plans of the published demo."""

import json
from datetime import date

import duckdb
import numpy as np
import pytest

from keiro.goals.chances import follow
from keiro.goals.facts import NEVER
from tests.conftest import run_command
from tests.e2e.conftest import PublishedDemo


@pytest.fixture(scope="module")
def published(demo: PublishedDemo) -> duckdb.DuckDBPyConnection:
    return duckdb.connect(str(demo.database), read_only=True)


def test_each_target_has_a_forecast_or_the_reason_why_not(
    published: duckdb.DuckDBPyConnection,
) -> None:
    rows = published.execute(
        "select metric, trust, target, forecast, forecast_lower, forecast_upper, p_hit, "
        "forecast_basis, forecast_reason from kpi.fct_kpi_status"
    ).fetchall()
    assert len(rows) >= 15
    for metric, trust, target, forecast, lower, upper, p_hit, basis, reason in rows:
        if forecast is None:
            assert (basis, p_hit) == (None, None), metric
            assert reason == ("withheld" if trust == "withheld" else reason) is not None, metric
        else:
            assert lower <= forecast <= upper, metric
            assert 0 <= p_hit <= 1, metric
            assert basis is not None, metric
            assert reason is None, metric
            # An interval beyond the target leaves little doubt about it.
            if basis != "final" and metric.startswith("won_d"):
                assert p_hit < 0.2 if upper < target else p_hit > 0.05


def test_deals_are_forecast_from_what_is_open_and_what_will_come(
    published: duckdb.DuckDBPyConnection,
) -> None:
    reached, forecast, from_open, from_new, open_items, chance = published.execute(
        "select reached, forecast, from_open, from_new, open_items, open_chance "
        "from kpi.fct_kpi_forecasts where metric = 'won_deals' and grain = 'fiscal_year'"
    ).fetchone()
    assert forecast == pytest.approx(reached + from_open + from_new)
    assert from_open == pytest.approx(open_items * chance)
    counted = published.execute(
        "select count(*) from funnel.fct_opportunities where is_open"
    ).fetchone()
    assert counted == (open_items,)


@pytest.mark.parametrize("pair", ["lead_to_mql", "mql_to_sal", "sal_to_sql", "sql_to_opportunity"])
def test_replays_see_the_curves_that_the_marts_publish(
    pair: str, published: duckdb.DuckDBPyConnection
) -> None:
    """What replays count of items cut at a date is, on the as-of date, what the models count."""
    as_of = published.execute("select max(as_of) from kpi.fct_kpi_status").fetchone()[0]
    items = published.execute(
        "select entered_date - date '1970-01-01' as entered, case when event_kind = 'open' "
        "then $never else entered_date - date '1970-01-01' + event_days end as ended, "
        "(event_kind = 'converted')::integer as is_converted "
        "from funnel.fct_stage_conversions where stage_pair = $pair",
        {"never": NEVER, "pair": pair},
    ).fetchnumpy()
    entered, ended, converted = (
        np.asarray(items[name], np.int64) for name in ("entered", "ended", "is_converted")
    )
    curve, _ = follow(entered, ended, converted, (as_of - date(1970, 1, 1)).days)
    marts = published.execute(
        "select n_at_risk, converted, lost, conversion, still_in_stage "
        "from funnel.fct_conversion_curves "
        "where stage_pair = ? and scope = 'all' order by lag_days",
        [pair],
    ).fetchnumpy()
    size = len(curve.at_risk)
    for name, mine in (
        ("n_at_risk", curve.at_risk),
        ("converted", curve.converted),
        ("lost", curve.lost),
        ("conversion", curve.conversion),
        ("still_in_stage", curve.staying),
    ):
        assert np.allclose(np.asarray(marts[name], float)[:size], mine, atol=1e-9), name


def test_a_day_is_compared_by_date_and_by_business_day(
    published: duckdb.DuckDBPyConnection,
) -> None:
    """7 May 2026 is the second business day of its month, as 2 April 2026 and 2 May 2025 are."""
    row = published.execute(
        "select business_day_of_month, business_days_of_month, same_date_last_month, "
        "same_business_day_last_month, same_business_day_last_year, fiscal_half_label_en, "
        "fiscal_half_label_ja, fiscal_quarter_label_ja "
        "from funnel.dim_dates where date_day = '2026-05-07'"
    ).fetchone()
    assert row == (
        2,
        18,
        date(2026, 4, 7),
        date(2026, 4, 2),
        date(2025, 5, 2),
        "FY2026 H1",
        "2026年度上期",
        "2026年度第1四半期",
    )


def test_a_plan_proposes_rows_that_the_check_of_targets_lets_through(
    demo: PublishedDemo,
    published: duckdb.DuckDBPyConnection,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    file = tmp_path_factory.mktemp("plan") / "targets.csv"
    done = run_command(["keiro", "plan", "--json", "--csv", file], env=demo.env)
    plan = json.loads(done.stdout)
    targets = {item["metric"]: item["target"] for item in plan["targets"]}
    assert targets["won_deals"] * targets["average_deal_value"] == pytest.approx(
        targets["won_revenue"], rel=1e-6
    )
    stages = [need["stage"] for need in plan["inflow"]]
    assert stages == ["leads", "mqls", "sals", "sqls", "opportunities_created"]
    # The earlier the stage, the more it takes, and the sooner it is too late.
    useful = [need["last_useful"] for need in plan["inflow"]]
    assert useful == sorted(useful)
    header, first, *_ = file.read_text(encoding="utf-8").splitlines()
    seed = published.execute("select * from kpi.fct_kpi_targets limit 0").description
    assert set(header.split(",")) <= {column[0] for column in seed}
    assert first.startswith("won_revenue,all,fiscal_year,2026-04-01,264000000,")


def test_a_period_to_come_is_planned_from_the_pace_of_this_one(demo: PublishedDemo) -> None:
    asked = ["--target", "300000000", "--grain", "fiscal_year", "--period", "2027-04"]
    plan = json.loads(run_command(["keiro", "plan", "--json", *asked], env=demo.env).stdout)
    root, *others = plan["targets"]
    assert root["baseline_source"] == "pace as of 2026-09-30"
    growth = {item["metric"]: item["target"] / item["baseline"] for item in (root, *others)}
    assert growth["won_deals"] == pytest.approx(growth["won_revenue"])
    assert growth["average_deal_value"] == pytest.approx(1)
    assert growth["leads"] == pytest.approx(growth["won_revenue"])
    assert plan["inflow"] == []


def test_a_period_that_does_not_exist_is_refused(demo: PublishedDemo) -> None:
    asked = ["--target", "1", "--grain", "fiscal_year", "--period", "2027-05"]
    done = run_command(["keiro", "plan", *asked], env=demo.env, expect=2)
    assert "no fiscal_year begins on 2027-05-01" in done.stderr


def test_past_forecasts_are_scored(demo: PublishedDemo) -> None:
    done = run_command(["keiro", "backtest", "--json"], env=demo.env)
    whole = next(
        row for row in json.loads(done.stdout) if (row["metric"], row["horizon"]) == ("all", "all")
    )
    assert whole["n"] > 100
    # What nobody can know (the planted incidents) is in these two years: wide bounds.
    assert 0.6 < whole["coverage"] < 0.95
    assert whole["brier"] < whole["brier_run_rate"]
