"""A stage of the funnel for a plan: its curve, its open items and its inflow, as published."""

import duckdb
import numpy as np

from keiro.goals.arrays import Ints
from keiro.goals.chances import Curve, follow
from keiro.goals.facts import NEVER
from keiro.goals.inflow import Stage
from keiro.goals.plan_reading import Goal


def read_stage(con: duckdb.DuckDBPyConnection, metric: str, pair: str, goal: Goal) -> Stage | None:
    """The stage that a metric counts the entries of; null where its curve says too little."""
    curve, ages = _deals(con, pair, goal) or _people(con, pair, goal)
    if not len(curve.at_risk) or not curve.is_usable:
        return None
    inflow = con.execute(
        """
        select coalesce(v.value, 'nan'::double) as value
        from kpi.fct_kpi_values as v
        inner join funnel.dim_dates as d on v.period_start = d.date_day
        where v.metric = $metric and v.grain = 'day' and v.scope = $scope and d.is_business_day
        order by d.date_day
        """,
        {"metric": metric, "scope": goal.scope},
    ).fetchnumpy()["value"]
    return Stage(metric, pair, curve, ages, np.asarray(inflow, float))


def _people(con: duckdb.DuckDBPyConnection, pair: str, goal: Goal) -> tuple[Curve, Ints]:
    asked = {"pair": pair, "scope": goal.scope}
    counts = con.execute(
        "select n_at_risk, converted, lost from funnel.fct_conversion_curves "
        "where stage_pair = $pair and scope = $scope order by lag_days",
        asked,
    ).fetchnumpy()
    ages = con.execute(
        "select followed_days from funnel.fct_stage_conversions where stage_pair = $pair "
        "and event_kind = 'open' and ($scope = 'all' or 'channel=' || channel = $scope)",
        asked,
    ).fetchnumpy()["followed_days"]
    parts = (np.asarray(counts[name], float) for name in ("n_at_risk", "converted", "lost"))
    return Curve(*parts), np.asarray(ages, np.int64)


def _deals(con: duckdb.DuckDBPyConnection, pair: str, goal: Goal) -> tuple[Curve, Ints] | None:
    """The same of deals, where the pair ends in a won one; null where it does not."""
    ends = con.execute(
        "select 1 from funnel.fct_conversion_curves as c "
        "inner join funnel.dim_stages as s on c.to_stage = s.stage "
        "where c.stage_pair = $pair and s.kind = 'won' limit 1",
        {"pair": pair},
    ).fetchall()
    if not ends:
        return None
    deals = con.execute(
        """
        select
            $as_of::date - created_date as age,
            coalesce(closed_date - created_date, $never) as lag,
            is_won::integer as is_won
        from funnel.fct_opportunities
        where (is_open or closed_date is not null)
            and ($scope = 'all' or 'channel=' || channel = $scope)
        """,
        {"as_of": goal.as_of, "scope": goal.scope, "never": NEVER},
    ).fetchnumpy()
    age, lag, won = (np.asarray(deals[name], np.int64) for name in ("age", "lag", "is_won"))
    curve, is_open = follow(-age, lag - age, won, 0)
    return curve, age[is_open]
