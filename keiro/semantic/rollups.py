"""Values of longer periods from those of days, for metrics that add up.

MetricFlow scans a model once for each metric and cut. Where a metric is a sum or a count, a month's
value is the sum of its days' values, which are few: so only the days are asked for.
"""

import json
from pathlib import Path
from typing import Any

ADDITIVE = frozenset({"sum", "sum_boolean", "count"})
# The grains that dates know by themselves; others are columns of the project's time spine.
STANDARD = frozenset({"day", "week", "month", "quarter", "year"})


def additive_metrics(semantic_manifest: Path) -> frozenset[str]:
    """The metrics whose value of a period is the sum of the values of its days.

    Neither a count of distinct things, a median, nor a stock is; of metrics made of others nothing
    is assumed.
    """
    manifest = json.loads(semantic_manifest.read_text(encoding="utf-8"))
    return frozenset(metric["name"] for metric in manifest["metrics"] if _is_additive(metric))


def _is_additive(metric: dict[str, Any]) -> bool:
    params = metric["type_params"]
    aggregation = params.get("metric_aggregation_params") or {}
    return (
        metric["type"] == "simple"
        and aggregation.get("agg") in ADDITIVE
        and not aggregation.get("non_additive_dimension")
        and not params.get("join_to_timespine")
        and params.get("fill_nulls_with") is None
    )


def rolled_up_sql(semantic_manifest: Path, daily: str, metrics: list[str], grain: str) -> str:
    """SQL with the values of the metrics by a longer grain, from those of the relation `daily`.

    Both have the rows grain, period_start, scope, metric, value. Days are added in their order, so
    that the same days give the same bytes.
    """
    names = ", ".join(f"'{name}'" for name in metrics)
    start, spine = f"date_trunc('{grain}', daily.period_start)", ""
    if grain not in STANDARD:
        relation, day, column = _spine_column(semantic_manifest, grain)
        start = f"days.{column}"
        spine = f"inner join {relation} as days on daily.period_start = days.{day}"
    return f"""
        select
            '{grain}' as grain,
            cast({start} as date) as period_start,
            daily.scope,
            daily.metric,
            fsum(daily.value order by daily.period_start) as value
        from {daily} as daily
        {spine}
        where daily.metric in ({names})
        group by all
    """


def _spine_column(semantic_manifest: Path, grain: str) -> tuple[str, str, str]:
    """The relation of the time spine that has a grain of the project's own, its day, its column."""
    manifest = json.loads(semantic_manifest.read_text(encoding="utf-8"))
    for spine in manifest["project_configuration"]["time_spines"]:
        for custom in spine["custom_granularities"]:
            if custom["name"] == grain:
                column = custom["column_name"] or grain
                return (
                    spine["node_relation"]["relation_name"],
                    spine["primary_column"]["name"],
                    column,
                )
    raise ValueError(f"no time spine of the project has the grain {grain!r}")
