"""Curves of conversions against independent estimators, a known truth, and changed input."""

from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pytest
from scipy import stats
from sksurv.nonparametric import cumulative_incidence_competing_risks

from benchmarks.worlds import Pair, WorldsProject

AS_OF = date(2026, 6, 30)
OBSERVED_FROM = date(2025, 11, 1)
PAIRS = {
    "random": Pair(60),
    "shuffled": Pair(60),
    "censored": Pair(60),
    "delayed": Pair(60, OBSERVED_FROM),
    "oracle": Pair(90),
    "learned": Pair(None),
    "nobody": Pair(60),
    "everybody": Pair(60),
}


def _random_lives(rng: np.random.Generator, size: int = 900) -> pd.DataFrame:
    """Lives full of ties: few days, many entities; who is open ends on the as-of date."""
    entered = rng.integers(0, 300, size)
    converts = rng.geometric(0.03, size) - 1
    lost = rng.geometric(0.02, size) - 1
    event = np.where(converts <= lost, 1, 2)
    days = np.minimum(converts, lost)
    event = np.where((rng.random(size) < 0.2) | (days > entered), 0, event)
    return pd.DataFrame(
        {
            "entity_id": [f"e{number:05d}" for number in range(size)],
            "followed": entered,
            "event": event,
            "days": np.where(event == 0, entered, days),
        }
    )


def _oracle_lives(rng: np.random.Generator) -> pd.DataFrame:
    """Eventual conversion 30 %, lognormal lags with a median of 45 days: 24.2 % within 90 days."""
    lags = stats.lognorm(s=0.8007, scale=45).rvs(60_000, random_state=rng)
    followed = rng.integers(0, 546, 60_000)
    happens = (rng.random(60_000) < 0.3) & (lags <= followed)
    return pd.DataFrame(
        {
            "entity_id": [f"o{number:05d}" for number in range(60_000)],
            "followed": followed,
            "event": happens.astype(int),
            "days": np.where(happens, lags.astype(int), followed),
        }
    )


ENTRIES = """
with lives as (
    select
        *, '{pair}_' || entity_id as id, date '{as_of}' - followed::integer as entered
    from lives
)
select
    id as entity_id, '{pair}_from' as stage, 1 as spell, entered::timestamp as entered_at,
    entered::date as entered_date, (entered + days::integer)::timestamp as exited_at,
    case event when 1 then 'advanced' when 2 then 'lost' else 'open' end as exit_type,
    'other' as channel
from lives
union all
select
    id, '{pair}_to', 1, (entered + days::integer)::timestamp, (entered + days::integer)::date,
    null, 'open', 'other'
from lives where event = 1
"""


def _entries(lives: Mapping[str, pd.DataFrame], as_of: date) -> duckdb.DuckDBPyRelation:
    con = duckdb.connect()
    for pair, table in lives.items():
        con.register("lives", table)
        text = ENTRIES.format(pair=pair, as_of=as_of)
        con.execute(f"create table {pair} as {text}")
    return con.sql(" union all ".join(f"from {pair}" for pair in lives))


@pytest.fixture(scope="module")
def lives() -> dict[str, pd.DataFrame]:
    rng = np.random.default_rng(20_260_630)
    random = _random_lives(rng)
    censored = random.assign(event=random["event"].replace(2, 0))
    shuffled = random.sample(frac=1, random_state=5)
    return {
        "random": random,
        "shuffled": shuffled.assign(entity_id=[f"renamed{n}" for n in range(len(shuffled))]),
        "censored": censored,
        "delayed": _random_lives(rng),
        "oracle": _oracle_lives(rng),
        "learned": _random_lives(rng, 2000),
        "nobody": random.assign(event=0, days=random["followed"]),
        "everybody": random.assign(
            event=(random["followed"] >= 20).astype(int), days=random["followed"].clip(upper=20)
        ),
    }


@pytest.fixture(scope="module")
def built(
    lives: dict[str, pd.DataFrame], tmp_path_factory: pytest.TempPathFactory
) -> duckdb.DuckDBPyConnection:
    project = WorldsProject(tmp_path_factory.mktemp("curves"), PAIRS, AS_OF)
    project.build(_entries(lives, AS_OF))
    return project.connect()


def _curve(con: duckdb.DuckDBPyConnection, pair: str) -> pd.DataFrame:
    return con.execute(
        "select * from funnel.fct_conversion_curves where stage_pair = ? and scope = 'all'"
        " order by lag_days",
        [pair],
    ).df()


def test_curves_equal_an_independent_library(
    built: duckdb.DuckDBPyConnection, lives: dict[str, pd.DataFrame]
) -> None:
    """scikit-survival's estimate, its variance by the delta method and its log(-log) interval."""
    life = lives["random"]
    days, shares, interval = cumulative_incidence_competing_risks(
        life["event"].to_numpy(),
        life["days"].to_numpy(),
        conf_type="log-log",
        var_type="Dinse_Approx",
    )
    ours = _curve(built, "random").set_index("lag_days").loc[days]
    assert len(days) > 60
    np.testing.assert_allclose(ours["conversion"], shares[1], atol=1e-9)
    np.testing.assert_allclose(1 - ours["still_in_stage"], shares[0], atol=1e-9)
    inside = shares[1] > 0
    np.testing.assert_allclose(ours["conversion_lower"][inside], interval[1, 0][inside], atol=1e-9)
    np.testing.assert_allclose(ours["conversion_upper"][inside], interval[1, 1][inside], atol=1e-9)


def test_curves_with_delayed_entry_equal_a_loop_over_days(
    built: duckdb.DuckDBPyConnection, lives: dict[str, pd.DataFrame]
) -> None:
    """At risk on day t: under observation by then, and neither out nor unfollowed before."""
    life = lives["delayed"]
    delay = np.maximum(0, life["followed"] - (AS_OF - OBSERVED_FROM).days)
    stays, share, variance_free = 1.0, 0.0, []
    for day in range(int(life["days"].max()) + 1):
        at_risk = ((delay <= day) & (life["days"] >= day)).sum()
        now = (life["days"] == day) & (delay <= day)
        converted, lost = ((now & (life["event"] == kind)).sum() for kind in (1, 2))
        if at_risk:
            share += stays * converted / at_risk
            stays *= 1 - (converted + lost) / at_risk
        variance_free.append((at_risk, share))
    ours = _curve(built, "delayed")
    assert (delay > 0).any()
    np.testing.assert_array_equal(ours["n_at_risk"], [n for n, _ in variance_free])
    np.testing.assert_allclose(ours["conversion"], [f for _, f in variance_free], atol=1e-9)


def test_the_known_truth_of_ninety_days(built: duckdb.DuckDBPyConnection) -> None:
    """24.2 % within 90 days, median 45 days of all, while the newest cohorts' ratios read low."""
    (pooled,) = built.execute(
        "select conversion from funnel.fct_conversion_curves"
        " where stage_pair = 'oracle' and scope = 'all' and lag_days = 90"
    ).fetchone()
    assert abs(pooled - 0.242) < 0.01
    newest = built.execute(
        "select plain_rate, rate, rate_lower, rate_upper, status from funnel.fct_cohort_conversions"
        " where stage_pair = 'oracle' and scope = 'all' order by cohort_month desc limit 3"
    ).fetchall()
    assert [round(100 * row[0]) for row in newest] == [pytest.approx(x, abs=2) for x in (3, 14, 22)]
    assert [row[4] for row in newest] == ["insufficient", "provisional", "provisional"]
    for _, rate, lower, upper, status in newest:
        assert rate is None if status == "insufficient" else abs(rate - 0.242) < 0.02
        assert rate is None or lower < 0.242 < upper


def test_velocity_is_not_biased_by_open_items(built: duckdb.DuckDBPyConnection) -> None:
    """Of conversions within 90 days the median is 37 days (a lognormal's, cut at 90)."""
    median, mean, status = built.execute(
        "select median_days, mean_finished_days, status from funnel.fct_stage_velocities"
        " where stage_pair = 'oracle' and scope = 'all'"
    ).fetchone()
    lag = stats.lognorm(s=0.8007, scale=45)
    assert abs(median - lag.ppf(lag.cdf(91) / 2)) <= 1
    assert mean < lag.expect(lb=0, ub=91, conditional=True) - 0.5
    assert status == "provisional"


def test_a_fully_followed_cohort_equals_its_plain_ratio_exactly(
    built: duckdb.DuckDBPyConnection,
) -> None:
    differing, compared = built.execute(
        """
        select count(*) filter (where rate != plain_rate or rate is null), count(*)
        from funnel.fct_cohort_conversions where maturity = 1 and not is_truncated
        """
    ).fetchone()
    assert compared > 50
    assert differing == 0


def test_final_intervals_are_wilsons(built: duckdb.DuckDBPyConnection) -> None:
    rows = built.execute(
        "select converted, n, rate_lower, rate_upper from funnel.fct_cohort_conversions"
        " where status = 'final' and not is_truncated"
    ).fetchall()
    assert rows
    for converted, n, lower, upper in rows:
        known = stats.binomtest(converted, n).proportion_ci(0.95, method="wilson")
        assert (lower, upper) == pytest.approx((known.low, known.high), abs=1e-12)


def _rates(con: duckdb.DuckDBPyConnection, pair: str) -> list[tuple[Any, ...]]:
    return con.execute(
        "select cohort_month, n, converted, round(rate, 12), round(rate_upper, 12), status"
        " from funnel.fct_cohort_conversions where stage_pair = ? order by all",
        [pair],
    ).fetchall()


def test_order_and_names_of_rows_change_nothing(built: duckdb.DuckDBPyConnection) -> None:
    assert _rates(built, "random") == _rates(built, "shuffled")
    first, other = (_curve(built, pair)["conversion"] for pair in ("random", "shuffled"))
    np.testing.assert_array_equal(first, other)


def test_lost_as_censored_raises_the_estimate(built: duckdb.DuckDBPyConnection) -> None:
    """A loss that is taken for the end of the following leaves the risk set without a trace."""
    assert_raises = built.execute(
        """
        with risks as (
            select lag_days, n_at_risk, converted, conversion
            from funnel.fct_conversion_curves where stage_pair = 'random' and scope = 'all'
        )
        select
            1 - exp(sum(ln(1 - converted / n_at_risk)) filter (where lag_days <= 60)),
            max(conversion) filter (where lag_days <= 60)
        from risks
        """
    ).fetchone()
    censored, competing = assert_raises
    assert censored > competing + 0.02
    # Who is never seen to leave stays at risk: the share of all who ever convert is unchanged.
    assert _curve(built, "censored")["conversion"][60] < censored


def test_unrelated_entities_and_whole_weeks_change_nothing(
    built: duckdb.DuckDBPyConnection, lives: dict[str, pd.DataFrame], tmp_path: Path
) -> None:
    """The same lives alone, 52 weeks later: the same curve, velocity and totals."""
    later = AS_OF + timedelta(weeks=52)
    alone = WorldsProject(tmp_path, {"random": PAIRS["random"]}, later)
    alone.build(_entries({"random": lives["random"]}, later))
    con = alone.connect()
    np.testing.assert_array_equal(
        _curve(built, "random")["conversion"], _curve(con, "random")["conversion"]
    )
    for query in (
        "select median_days, p80_days, conversion from funnel.fct_stage_velocities",
        "select sum(n), sum(converted), sum(n_at_risk) from funnel.fct_cohort_conversions",
    ):
        where = " where stage_pair = 'random' and scope = 'all'"
        assert built.execute(query + where).fetchall() == con.execute(query + where).fetchall()


def test_a_blank_horizon_is_learned_at_the_start_of_the_fiscal_year(
    built: duckdb.DuckDBPyConnection, lives: dict[str, pd.DataFrame]
) -> None:
    """Nine tenths of the lags of conversions that were known on 31 March, rounded up."""
    life = lives["learned"]
    age = (AS_OF - date(2026, 3, 31)).days
    known = life[(life["event"] == 1) & (life["followed"] - life["days"] >= age)]
    expected = int(np.ceil(np.percentile(known["days"], 90)))
    rows = built.execute(
        "select distinct horizon_days, horizon_basis, horizon_learned_on, horizon_converters"
        " from funnel.fct_cohort_conversions where stage_pair = 'learned'"
    ).fetchall()
    assert rows == [(expected, "learned", date(2026, 4, 1), len(known))]


def test_nothing_is_projected_where_nobody_ever_converted(
    built: duckdb.DuckDBPyConnection,
) -> None:
    rows = built.execute(
        "select maturity = 1, rate, status from funnel.fct_cohort_conversions"
        " where stage_pair = 'nobody' and scope = 'all' and n >= 10"
    ).fetchall()
    assert {row[1:] for row in rows if row[0]} == {(0.0, "final")}
    assert {row[1:] for row in rows if not row[0]} == {(None, "insufficient")}


def test_where_all_convert_all_are_expected_to(built: duckdb.DuckDBPyConnection) -> None:
    """On day 20 each; who is younger has done nothing yet, and no share of them is developed."""
    rows = built.execute(
        "select rate, status, n_at_risk > 0 from funnel.fct_cohort_conversions"
        " where stage_pair = 'everybody' and scope = 'all' and n >= 10"
    ).fetchall()
    assert {(True, "provisional"), (False, "final")} <= {(row[2], row[1]) for row in rows}
    assert all(row[0] is None or row[0] == pytest.approx(1, abs=1e-6) for row in rows)


def test_truncated_cohorts_are_marked_and_give_no_rate(built: duckdb.DuckDBPyConnection) -> None:
    rows = built.execute(
        "select cohort_month < ?, is_truncated, rate is null, status = 'insufficient'"
        " from funnel.fct_cohort_conversions where stage_pair = 'delayed' and scope = 'all'",
        [OBSERVED_FROM],
    ).fetchall()
    assert {row[1:] for row in rows if row[0]} == {(True, True, True)}
    assert {row[1] for row in rows if not row[0]} == {False}
