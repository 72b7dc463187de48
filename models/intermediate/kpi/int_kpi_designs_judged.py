"""What the design rules find, judged as `keiro lint` judges."""

from datetime import date

from keiro.lint.table import findings_table
from keiro.semantic.artifacts import current_target_dir


def model(dbt, session):
    """One row per finding; see `keiro.lint.table.findings_table`."""
    dbt.config(materialized="table")
    as_of = dbt.config.get("as_of")
    relations = {
        "values": dbt.ref("fct_kpi_values"),
        "status": dbt.ref("fct_kpi_status"),
        "samples": dbt.ref("fct_kpi_samples"),
        "cohorts": dbt.ref("fct_cohort_conversions"),
        "loads": dbt.ref("load_log"),
    }
    targets = dbt.ref("fct_kpi_targets").to_arrow_table().to_pylist()
    return findings_table(current_target_dir(), relations, targets, date.fromisoformat(as_of))
