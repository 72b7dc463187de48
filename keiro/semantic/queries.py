"""The SQL of metrics, rendered by MetricFlow in process: no second `mf` command, no new parse."""

import hashlib
import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from keiro.semantic.rollups import additive_metrics, rolled_up_sql

if TYPE_CHECKING:
    from metricflow.engine.metricflow_engine import MetricFlowEngine

# By name, what the statement rendered last in this process was rendered from, and its text.
_RENDERED: dict[str, tuple[str, str]] = {}


@dataclass(frozen=True)
class Slice:
    """How metrics are cut: a grain of time, and the entity of a scope (null is `all`)."""

    grain: str
    entity: str | None = None


class MetricQueries:
    """Renders metric queries from the semantic manifest of a parsed project."""

    def __init__(self, target_dir: Path) -> None:
        self._manifest_file = target_dir / "semantic_manifest.json"

    @cached_property
    def _engine(self) -> "MetricFlowEngine":
        from metricflow.engine.metricflow_engine import MetricFlowEngine
        from metricflow.protocols.sql_client import SqlEngine
        from metricflow.sql.render.duckdb_renderer import DuckDbSqlPlanRenderer
        from metricflow_semantics.model.dbt_manifest_parser import (
            parse_manifest_from_dbt_generated_manifest,
        )
        from metricflow_semantics.model.semantic_manifest_lookup import SemanticManifestLookup

        class Renderer:
            """The part of MetricFlow's SQL client that rendering needs; it never runs SQL."""

            sql_engine_type = SqlEngine.DUCKDB
            sql_plan_renderer = DuckDbSqlPlanRenderer()

        manifest = parse_manifest_from_dbt_generated_manifest(
            self._manifest_file.read_text(encoding="utf-8")
        )
        client: Any = Renderer()
        return MetricFlowEngine(SemanticManifestLookup(manifest), client)

    def sql(self, metrics: list[str], cut: Slice) -> str:
        """SQL with the columns of the metrics, `metric_time__<grain>` and the entity, if any."""
        from metricflow.engine.metricflow_engine import MetricFlowQueryRequest

        group_by = [f"metric_time__{cut.grain}", *([cut.entity] if cut.entity else [])]
        request = MetricFlowQueryRequest.create(metric_names=metrics, group_by_names=group_by)
        return str(self._engine.explain(request).sql_statement.sql)

    def entity_sql(self, metrics: list[str], entity: str) -> str:
        """SQL with the metrics of each single entity, by `metric_time__month` and `channel`."""
        from metricflow.engine.metricflow_engine import MetricFlowQueryRequest

        request = MetricFlowQueryRequest.create(
            metric_names=metrics, group_by_names=["metric_time__month", "channel", entity]
        )
        return str(self._engine.explain(request).sql_statement.sql)

    def long_sql(self, metrics: list[str], cut: Slice) -> str:
        """SQL with the rows grain, period_start, scope, metric, value; null is left out."""
        scope = f"'{cut.entity}=' || {cut.entity}" if cut.entity else "'all'"
        values = ", ".join(f"cast({name} as double) as {name}" for name in metrics)
        known = f"where {cut.entity} is not null" if cut.entity else ""
        return f"""
            select * from (
                unpivot (
                    select
                        '{cut.grain}' as grain,
                        cast(metric_time__{cut.grain} as date) as period_start,
                        {scope} as scope,
                        {values}
                    from ({self.sql(metrics, cut)}) as queried
                    {known}
                )
                on {", ".join(metrics)}
                into name metric value value
            )
        """


def metric_values_sql(target_dir: Path, metrics: list[str], cuts: list[Slice]) -> str:
    """One statement with the values of all metrics under all cuts, in long form."""

    def render() -> str:
        queries = MetricQueries(target_dir)
        return _values_sql(queries, target_dir / "semantic_manifest.json", metrics, cuts)

    # What is asked for changes with how longer periods are summed.
    asked = repr((metrics, cuts, "days summed"))
    return rendered_once(target_dir, "metric_values", asked, render)


def rendered_once(target_dir: Path, name: str, asked: str, render: Callable[[], str]) -> str:
    """A statement of metrics, `asked` for by its parameters, kept in the target folder.

    Rendering takes some 15 ms a metric and cut, so the statement is kept beside the manifest that
    it was rendered from and reused as long as that manifest and MetricFlow stay the same; a process
    that builds several times or several projects with the same metrics renders it once.
    """
    manifest = (target_dir / "semantic_manifest.json").read_bytes()
    key = hashlib.sha256(manifest + f"{asked}{version('metricflow')}".encode()).hexdigest()
    cache = target_dir / f"{name}.sql"
    first_line = f"-- {key}\n"
    if cache.exists():
        text = cache.read_text(encoding="utf-8")
        if text.startswith(first_line):
            return text
    if _RENDERED.get(name, ("", ""))[0] != key:
        _RENDERED[name] = (key, render())
    sql = _RENDERED[name][1]
    part = cache.with_suffix(f".{os.getpid()}.part")
    part.write_text(first_line + sql, encoding="utf-8")
    part.replace(cache)
    return first_line + sql


def _values_sql(
    queries: MetricQueries, semantic_manifest: Path, metrics: list[str], cuts: list[Slice]
) -> str:
    """Days as MetricFlow counts them; longer periods of metrics that add up from these days."""
    additive = additive_metrics(semantic_manifest)
    summed = [name for name in metrics if name in additive]
    others = [name for name in metrics if name not in additive]
    days = [cut for cut in cuts if cut.grain == "day"]
    longer = [cut for cut in cuts if cut.grain != "day"]
    if not {cut.entity for cut in longer} <= {cut.entity for cut in days}:
        summed, others = [], metrics
    parts = ["select * from daily"] if days else []
    if summed:
        grains = dict.fromkeys(cut.grain for cut in longer)
        parts += [rolled_up_sql(semantic_manifest, "daily", summed, grain) for grain in grains]
    if others:
        parts += [queries.long_sql(others, cut) for cut in longer]
    union = "\nunion all by name\n"
    if not days:
        return union.join(parts)
    daily = union.join(queries.long_sql(metrics, cut) for cut in days)
    return f"with daily as materialized ({daily})\n{union.join(parts)}"
