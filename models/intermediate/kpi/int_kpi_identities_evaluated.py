"""Both sides of the identities of the tree, for each period and scope."""

from keiro.semantic import load_kpis
from keiro.semantic.artifacts import current_target_dir
from keiro.tree.graph import build_tree
from keiro.tree.identities import identities_sql


def model(dbt, session):
    """One row per metric with a formula, grain, period and scope, before anything is withheld."""
    dbt.config(materialized="table")
    kpi_values = dbt.ref("int_kpi_values_rated")
    tree = build_tree(load_kpis(current_target_dir()))
    return kpi_values.query("rated", identities_sql(tree, "rated"))
