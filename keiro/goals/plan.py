"""A plan for a target, read from the published file: targets below it, and the inflow by date."""

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import duckdb

from keiro.errors import ExitCode, KeiroError
from keiro.goals.inflow import Need, Stage, solve
from keiro.goals.plan_reading import Goal, Reader, Row
from keiro.goals.proposals import Proposal, propose
from keiro.goals.stage_reading import read_stage
from keiro.publish import current
from keiro.tree.formula import parse_formula

# So far back the day is looked for on which more inflow would have had to begin.
DAYS_BACK = 365


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
        reader = Reader(con)
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
        return Plan(goal, proposals, unknown, _needs(con, reader, goal, kpis), kpis)


def _refuse_unknown(name: str, kpis: dict[str, Row]) -> None:
    if name not in kpis:
        raise KeiroError(
            f"there is no metric {name!r}",
            where="--metric",
            remedy="`keiro tree` lists them",
            exit_code=ExitCode.USAGE,
        )


def _needs(
    con: duckdb.DuckDBPyConnection, reader: Reader, goal: Goal, kpis: dict[str, Row]
) -> list[Need]:
    """What each stage above the metric has to take in; the missing amount is told in cases."""
    if goal.reached is None or goal.period_end <= goal.as_of:
        return []
    stages: list[Stage] = []
    name: str | None = goal.metric
    while name is not None and kpis[name]["inflow_metric"] and kpis[name]["inflow_stage_pair"]:
        stage = read_stage(con, kpis[name]["inflow_metric"], kpis[name]["inflow_stage_pair"], goal)
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
