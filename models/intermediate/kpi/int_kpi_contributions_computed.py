"""What each part contributes to the changes of the metrics in the tree."""

from datetime import date

from keiro.semantic import load_kpis
from keiro.semantic.artifacts import current_target_dir
from keiro.tree.graph import build_tree
from keiro.tree.table import Inputs, contributions_table


def model(dbt, session):
    """One row per metric, comparison, period, scope, driver and effect; see `keiro.tree.table`."""
    dbt.config(materialized="table")
    as_of = dbt.config.get("as_of")
    tree = build_tree(load_kpis(current_target_dir()))
    kpi_values = dbt.ref("fct_kpi_values").filter("grain not in ('day', 'week')")
    # Sorted, since draws depend on the order of the groups.
    return contributions_table(
        Inputs(
            kpi_values=kpi_values.to_arrow_table(),
            kpis=dbt.ref("dim_kpis").to_arrow_table(),
            targets=dbt.ref("fct_kpi_status").to_arrow_table(),
            samples=dbt.ref("fct_kpi_samples").order("all").to_arrow_table(),
            cohorts=dbt.ref("fct_kpi_won_cohorts").order("all").to_arrow_table(),
            metrics=tuple(metric for _, _, metric in tree.walk()),
            as_of=date.fromisoformat(str(as_of)),
        )
    )
