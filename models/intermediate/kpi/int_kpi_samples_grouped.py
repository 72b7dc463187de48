"""The amounts behind the amount metrics, those with equal values in one group."""

from keiro.semantic import load_kpis
from keiro.semantic.artifacts import current_target_dir
from keiro.tree.samples import samples_sql


def model(dbt, session):
    """One row per semantic model, group of cases and metric; see `keiro.tree.samples`."""
    dbt.config(materialized="table")
    dbt.ref("int_metric_models_built")
    target_dir = current_target_dir()
    return session.sql(samples_sql(target_dir, load_kpis(target_dir)))
