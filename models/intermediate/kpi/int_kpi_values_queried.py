"""Values of the metrics as MetricFlow defines them, in long form."""

from keiro.semantic.artifacts import current_target_dir
from keiro.semantic import Slice, load_kpis, metric_values_sql

GRAINS = ("day", "week", "month", "fiscal_quarter", "fiscal_year")
SCOPES = (None, "channel")


def model(dbt, session):
    """One row per metric, grain, period and scope that has a value.

    A quotient of two metrics is divided downstream, so that each scan is made once.
    """
    dbt.config(materialized="table")
    dbt.ref("int_metric_models_built")
    target_dir = current_target_dir()
    metrics = [kpi.name for kpi in load_kpis(target_dir) if not kpi.is_quotient]
    cuts = [Slice(grain, scope) for grain in GRAINS for scope in SCOPES]
    return session.sql(metric_values_sql(target_dir, metrics, cuts))
