"""The edges of the tree as a table, from the manifest of the running dbt command."""

from keiro.semantic import load_kpis
from keiro.semantic.artifacts import current_target_dir
from keiro.tree.graph import build_tree
from keiro.tree.identities import drivers_table


def model(dbt, session):
    """One row per metric and driver below it; see `keiro.tree.graph.Edge`."""
    dbt.config(materialized="table")
    return drivers_table(build_tree(load_kpis(current_target_dir())))
