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
    # dbt learns the order of the models from these lines: one for each model that metrics read.
    dbt.ref("dim_channels")
    dbt.ref("dim_dates")
    dbt.ref("fct_costs")
    dbt.ref("fct_opportunities")
    dbt.ref("fct_pipeline_days")
    dbt.ref("fct_seminar_attendances")
    dbt.ref("fct_sessions")
    dbt.ref("fct_stage_conversions")
    dbt.ref("fct_stage_entries")
    target_dir = current_target_dir()
    metrics = [kpi.name for kpi in load_kpis(target_dir) if not kpi.is_quotient]
    cuts = [Slice(grain, scope) for grain in GRAINS for scope in SCOPES]
    return session.sql(metric_values_sql(target_dir, metrics, cuts))
