"""Metric definitions: read from dbt's artifacts, validated, and turned into SQL by MetricFlow."""

from keiro.semantic.definitions import Kpi, load_kpis
from keiro.semantic.meta import KpiMeta
from keiro.semantic.queries import MetricQueries, Slice, metric_values_sql
from keiro.semantic.targets import check_targets, read_channels

__all__ = [
    "Kpi",
    "KpiMeta",
    "MetricQueries",
    "Slice",
    "check_targets",
    "load_kpis",
    "metric_values_sql",
    "read_channels",
]
