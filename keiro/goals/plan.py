"""A plan for a target, read from the published file: targets below it, and the inflow by date."""

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import numpy as np

from keiro.errors import ExitCode, KeiroError
from keiro.goals.chances import Curve
from keiro.goals.inflow import Need, Stage, solve
from keiro.goals.proposals import Known, Proposal, propose
from keiro.publish import current
from keiro.tree.formula import parse_formula

NEEDED = ("fct_kpi_forecasts", "fct_kpi_targets", "fct_kpi_status", "fct_conversion_curves")
DAYS_BACK = 365
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


@dataclass(frozen=True)
class Plan:
    """The goal, targets for the KPIs below it, metrics without one, and the inflow by stage.

    `kpis` are rows of `kpi.dim_kpis` by metric. `needs` is empty where nothing feeds the metric or
    the period is over.
    """

    goal: Goal
    proposals: list[Proposal]
    unknown: list[str]
    needs: list[Need]
    kpis: dict[str, Row]


def make_plan(  # noqa: PLR0913
    published_dir: Path,
    *,
    metric: str | None = None,
    target: float | None = None,
    grain: str | None = None,
    period: date | None = None,
    scope: str = "all",
) -> Plan:
    """The plan for a metric's target; by default for the KGI's target in force.

    Args:
        published_dir: the folder of the published versions.
        metric: its name; null is the KGI.
        target: the value to reach; null is that of the target in force.
        grain: of the period; null is that of the target in force.
        period: first day of the period; null is that of the target in force, or the running one.
        scope: all, or channel=<channel>.

    Raises:
        KeiroError: where nothing is published, or the metric, scope or period is not known.

    """
    publication = current(published_dir)
    if publication is None:
        raise KeiroError(
            "nothing is published yet",
            where=str(published_dir),
            remedy="`keiro run` publishes",
            exit_code=ExitCode.USAGE,
        )
    with duckdb.connect(str(publication.database), read_only=True) as con:
        reader = _Reader(con)
        kpis = reader.kpis()
        name = metric or next((m for m, row in kpis.items() if row["role"] == "kgi"), "")
        _refuse_unknown(name, kpis)
        goal = reader.goal(name, target, grain, period, scope, kpis[name]["kind"])
        identities = {
            m: parse_formula(row["identity_formula"])
            for m, row in kpis.items()
            if row["identity_formula"]
        }
        proposals, unknown = propose(name, goal.target, reader.known(goal, kpis), identities)
        return Plan(goal, proposals, unknown, _needs(reader, goal, kpis), kpis)


def _refuse_unknown(name: str, kpis: dict[str, Row]) -> None:
    if name not in kpis:
        raise KeiroError(
            f"there is no metric {name!r}",
            where="--metric",
            remedy="`keiro tree` lists them",
            exit_code=ExitCode.USAGE,
        )


def _needs(reader: "_Reader", goal: Goal, kpis: dict[str, Row]) -> list[Need]:
    """What each stage above the metric has to take in; the missing amount is told in cases."""
    if goal.reached is None or goal.period_end <= goal.as_of:
        return []
    stages: list[Stage] = []
    name: str | None = goal.metric
    while name is not None and kpis[name]["inflow_metric"] and kpis[name]["inflow_stage_pair"]:
        stage = reader.stage(kpis[name]["inflow_metric"], kpis[name]["inflow_stage_pair"], goal)
        feeder = kpis[name]["inflow_metric"]
        is_new = feeder not in {known.name for known in stages}
        name = feeder if feeder in kpis and stage is not None and is_new else None
        if stage is not None:
            stages.insert(0, stage)
    missing = max(goal.target - goal.reached, 0.0) / goal.value_of_one
    return solve(
        stages,
        missing,
        reader.business_days(goal.as_of + timedelta(days=1), goal.period_end),
        reader.business_days(goal.as_of - timedelta(days=DAYS_BACK - 1), goal.as_of),
    )


class _Reader:
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
        """Baselines of the period before, or of the twelve months so far, and past months."""
        before = {
            row["metric"]: row
            for row in self._rows(
                """
                select metric, period_start, value from kpi.fct_kpi_values
                where grain = $grain and scope = $scope and period_start = (
                    select max(period_start) from kpi.fct_kpi_values
                    where grain = $grain and period_start < $start
                ) and period_start >= (
                    select min(v.period_start) from kpi.fct_kpi_values as v
                    where v.metric = fct_kpi_values.metric and v.grain = 'day' and v.scope = 'all'
                )
                """,
                grain=goal.grain,
                scope=goal.scope,
                start=goal.period_start,
            )
        }
        expected = {
            row["metric"]: row["forecast"]
            for row in self._rows(
                """
                select metric, forecast from kpi.fct_kpi_forecasts
                where grain = $grain and scope = $scope and period_start = $start
                """,
                grain=goal.grain,
                scope=goal.scope,
                start=goal.period_start,
            )
        }
        months = self._months(goal)
        found = {}
        for name, row in kpis.items():
            past = before.get(name)
            base = past["value"] if past else None
            source = f"{goal.grain} of {past['period_start']}" if past else ""
            if base is None:
                base, source = expected.get(name), f"forecast as of {goal.as_of}"
            seen = months.get(name, np.zeros(0))
            found[name] = Known(row["kind"], base, source, seen, row["inflow_metric"])
        return found

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
        curve = self._con.execute(
            "select n_at_risk, converted, lost from funnel.fct_conversion_curves "
            "where stage_pair = $pair and scope = $scope order by lag_days",
            {"pair": pair, "scope": goal.scope},
        ).fetchnumpy()
        counts = (np.asarray(curve[name], float) for name in ("n_at_risk", "converted", "lost"))
        drawn = Curve(*counts)
        if not len(drawn.at_risk) or not drawn.is_usable:
            return None
        ages = self._con.execute(
            "select followed_days from funnel.fct_stage_conversions where stage_pair = $pair "
            "and event_kind = 'open' and ($scope = 'all' or 'channel=' || channel = $scope)",
            {"pair": pair, "scope": goal.scope},
        ).fetchnumpy()["followed_days"]
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
        return Stage(metric, pair, drawn, np.asarray(ages, np.int64), np.asarray(inflow, float))
