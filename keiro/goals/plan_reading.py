"""What a plan needs to know, read from the published file."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import duckdb
import numpy as np

from keiro.errors import ExitCode, KeiroError
from keiro.goals.proposals import Known

NEEDED = ("fct_kpi_forecasts", "fct_kpi_targets", "fct_kpi_status", "fct_conversion_curves")
MONTHS_BACK = 36
# The column of the calendar that holds a grain's first day.
PERIODS = {
    "month": "month_start",
    "fiscal_quarter": "fiscal_quarter",
    "fiscal_year": "fiscal_year",
}
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
        worth = self._worth(scope) if kind == "amount" else 1.0
        if not rows and None not in (target, grain, period):
            return self._goal_to_come(metric, target, grain, period, scope, worth)
        if not rows:
            raise KeiroError(
                f"{metric} has no target that is in force for such a period in scope {scope}",
                where="--target",
                remedy="give --target with --grain (month, fiscal_quarter, fiscal_year) and, of a "
                "period to come, --period; or write the target into seeds/kpi_targets.csv and run",
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
            value_of_one=worth,
        )

    def _goal_to_come(  # noqa: PLR0913, PLR0917
        self,
        metric: str,
        target: float | None,
        grain: str | None,
        period: date | None,
        scope: str,
        worth: float,
    ) -> Goal:
        """A period that has not begun, or that no forecast was asked of."""
        column = PERIODS[str(grain)]
        (row,) = self._rows(
            "select max(date_day) as last, "
            "(select max(as_of) from kpi.fct_kpi_forecasts) as as_of "
            f"from funnel.dim_dates where {column} = $period",
            period=period,
        )
        if row["last"] is None:
            raise KeiroError(
                f"no {grain} begins on {period}",
                where="--period",
                remedy="name the first month of a period that the calendar holds, which ends two "
                "years after the as-of date's",
                exit_code=ExitCode.USAGE,
            )
        return Goal(
            metric=metric,
            scope=scope,
            grain=str(grain),
            period_start=period or row["last"],
            period_end=row["last"],
            target=float(target or 0.0),
            reached=None,
            forecast=None,
            as_of=row["as_of"],
            value_of_one=worth,
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
                and v.period_end = cast($start as date) - 1 and v.period_end <= $as_of
            """,
            grain=goal.grain,
            scope=goal.scope,
            start=goal.period_start,
            as_of=goal.as_of,
        )
        return {row["metric"]: float(row["value"]) for row in rows}

    def _at_pace(self, goal: Goal) -> dict[str, tuple[float, float]]:
        """Values of the running period of the grain, and the share of its business days so far."""
        column = PERIODS[goal.grain]
        rows = self._rows(
            f"""
            with running as (
                select
                    {column} as period_start,
                    count(*) filter (where is_business_day and date_day <= $as_of)
                        / nullif(count(*) filter (where is_business_day), 0) as share
                from funnel.dim_dates
                where {column} = (select {column} from funnel.dim_dates where date_day = $as_of)
                group by {column}
            )

            select v.metric, v.value, running.share
            from kpi.fct_kpi_values as v
            inner join running on v.period_start = running.period_start
            where v.grain = $grain and v.scope = $scope and v.value is not null
            """,
            grain=goal.grain,
            scope=goal.scope,
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
