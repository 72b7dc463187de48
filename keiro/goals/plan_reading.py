"""What a plan needs to know, read from the published file."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import duckdb
import numpy as np

from keiro.errors import ExitCode, KeiroError
from keiro.goals.arrays import Ints
from keiro.goals.chances import Curve, follow
from keiro.goals.facts import NEVER
from keiro.goals.inflow import Stage
from keiro.goals.proposals import Known

NEEDED = ("fct_kpi_forecasts", "fct_kpi_targets", "fct_kpi_status", "fct_conversion_curves")
MONTHS_BACK = 36
Row = dict[str, Any]


@dataclass(frozen=True)
class Goal:
    """What is planned for: a metric's target of a period, and what is reached of it."""

    metric: str
    scope: str
    grain: str
    period_start: date
    period_end: date
    target: float
    reached: float | None
    forecast: float | None
    as_of: date
    value_of_one: float


class Reader:
    """Queries on one published database."""

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        self._con = con
        there = {row[0] for row in con.execute("select table_name from duckdb_tables()").fetchall()}
        if missing := [name for name in NEEDED if name not in there]:
            raise KeiroError(
                f"the publication has no {', '.join(missing)}: it is of an older version",
                remedy="`keiro run --force` publishes anew",
                exit_code=ExitCode.USAGE,
            )

    def _rows(self, query: str, **values: Any) -> list[Row]:
        cursor = self._con.execute(query, values)
        names = [column[0] for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def kpis(self) -> dict[str, Row]:
        """Rows of `kpi.dim_kpis` by metric."""
        return {row["metric"]: row for row in self._rows("from kpi.dim_kpis order by metric")}

    def goal(  # noqa: PLR0913, PLR0917
        self,
        metric: str,
        target: float | None,
        grain: str | None,
        period: date | None,
        scope: str,
        kind: str,
    ) -> Goal:
        """The period and target asked for. Raises KeiroError where there is none."""
        rows = self._rows(
            """
            from kpi.fct_kpi_forecasts
            where metric = $metric and scope = $scope
                and ($grain is null or grain = $grain)
                and ($period is null or period_start = $period)
                and ($target is not null or target is not null)
            order by target is null, period_end desc
            """,
            metric=metric,
            scope=scope,
            grain=grain,
            period=period,
            target=target,
        )
        if not rows:
            raise KeiroError(
                f"{metric} has no target that is in force for such a period in scope {scope}",
                where="--target",
                remedy="give --target with --grain (month, fiscal_quarter, fiscal_year), or write "
                "the target into seeds/kpi_targets.csv and run",
                exit_code=ExitCode.USAGE,
            )
        row = rows[0]
        return Goal(
            metric=metric,
            scope=scope,
            grain=row["grain"],
            period_start=row["period_start"],
            period_end=row["period_end"],
            target=row["target"] if target is None else target,
            reached=row["reached"],
            forecast=row["forecast"],
            as_of=row["as_of"],
            value_of_one=self._worth(scope) if kind == "amount" else 1.0,
        )

    def _worth(self, scope: str) -> float:
        """What a won deal was worth on average in the last year."""
        (row,) = self._rows(
            """
            select avg(cast(amount as double)) as worth from funnel.fct_opportunities
            where is_won and ($scope = 'all' or 'channel=' || channel = $scope)
                and closed_date > (select max(closed_date) from funnel.fct_opportunities) - 365
            """,
            scope=scope,
        )
        return float(row["worth"] or 1.0)

    def known(self, goal: Goal, kpis: dict[str, Row]) -> dict[str, Known]:
        """Baselines and past months of all metrics.

        Baselines are the values of the period before; where the goal's metric has none of it, what
        has been reached of this period at its pace: of all metrics, so that identities hold.
        """
        before, paced, months = self._before(goal), self._at_pace(goal), self._months(goal)
        has_before = before.get(goal.metric) is not None
        found = {}
        for name, row in kpis.items():
            base, source = before.get(name), f"{goal.grain} before {goal.period_start}"
            if base is None or not has_before:
                is_flow = row["kind"] in ("count", "amount")
                so_far, share = paced.get(name, (None, 0.0))
                base = so_far / share if is_flow and so_far is not None and share else so_far
                source = f"pace as of {goal.as_of}"
            seen = months.get(name, np.zeros(0))
            found[name] = Known(row["kind"], base, source, seen, row["inflow_metric"])
        return found

    def _before(self, goal: Goal) -> dict[str, float]:
        """Values of the period before, of metrics that were recorded from its first day on."""
        rows = self._rows(
            """
            with recorded as (
                select metric, min(period_start) as first_day
                from kpi.fct_kpi_values where grain = 'day' and scope = 'all' group by metric
            )

            select v.metric, v.value
            from kpi.fct_kpi_values as v
            inner join recorded as r on v.metric = r.metric and v.period_start >= r.first_day
            where v.grain = $grain and v.scope = $scope and v.value is not null
                and v.period_end = cast($start as date) - 1
            """,
            grain=goal.grain,
            scope=goal.scope,
            start=goal.period_start,
        )
        return {row["metric"]: float(row["value"]) for row in rows}

    def _at_pace(self, goal: Goal) -> dict[str, tuple[float, float]]:
        """Values of the goal's period so far, and the share of its business days so far."""
        rows = self._rows(
            """
            with passed as (
                select count(*) filter (where is_business_day and date_day <= $as_of)
                    / nullif(count(*) filter (where is_business_day), 0) as share
                from funnel.dim_dates where date_day between $start and $last
            )

            select v.metric, v.value, passed.share
            from kpi.fct_kpi_values as v cross join passed
            where v.grain = $grain and v.scope = $scope and v.period_start = $start
                and v.value is not null
            """,
            grain=goal.grain,
            scope=goal.scope,
            start=goal.period_start,
            last=goal.period_end,
            as_of=goal.as_of,
        )
        return {row["metric"]: (float(row["value"]), float(row["share"] or 0)) for row in rows}

    def _months(self, goal: Goal) -> dict[str, Any]:
        rows = self._con.execute(
            """
            select metric, value from kpi.fct_kpi_values
            where grain = 'month' and scope = $scope and period_end <= $as_of
                and period_start >= cast($as_of as date) - to_months($back)
            order by metric, period_start
            """,
            {"scope": goal.scope, "as_of": goal.as_of, "back": MONTHS_BACK},
        ).df()
        return {str(name): group["value"].to_numpy(float) for name, group in rows.groupby("metric")}

    def business_days(self, first: date, last: date) -> list[bool]:
        """Of each day from `first` to `last`, whether it is a business day."""
        rows = self._rows(
            "select is_business_day from funnel.dim_dates where date_day between $first and $last "
            "order by date_day",
            first=first,
            last=last,
        )
        return [bool(row["is_business_day"]) for row in rows]

    def stage(self, metric: str, pair: str, goal: Goal) -> Stage | None:
        """The stage that a metric counts the entries of; null where its curve says too little."""
        curve, ages = self._deals(pair, goal) or self._people(pair, goal)
        if not len(curve.at_risk) or not curve.is_usable:
            return None
        inflow = self._con.execute(
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

    def _people(self, pair: str, goal: Goal) -> tuple[Curve, Ints]:
        asked = {"pair": pair, "scope": goal.scope}
        counts = self._con.execute(
            "select n_at_risk, converted, lost from funnel.fct_conversion_curves "
            "where stage_pair = $pair and scope = $scope order by lag_days",
            asked,
        ).fetchnumpy()
        ages = self._con.execute(
            "select followed_days from funnel.fct_stage_conversions where stage_pair = $pair "
            "and event_kind = 'open' and ($scope = 'all' or 'channel=' || channel = $scope)",
            asked,
        ).fetchnumpy()["followed_days"]
        parts = (np.asarray(counts[name], float) for name in ("n_at_risk", "converted", "lost"))
        return Curve(*parts), np.asarray(ages, np.int64)

    def _deals(self, pair: str, goal: Goal) -> tuple[Curve, Ints] | None:
        """The same of deals, where the pair ends in a won one; null where it does not."""
        ends = self._rows(
            "select 1 from funnel.fct_conversion_curves as c "
            "inner join funnel.dim_stages as s on c.to_stage = s.stage "
            "where c.stage_pair = $pair and s.kind = 'won' limit 1",
            pair=pair,
        )
        if not ends:
            return None
        deals = self._con.execute(
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
