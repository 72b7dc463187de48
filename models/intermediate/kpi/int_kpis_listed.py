"""The metrics of the project as a table, from the manifest of the running dbt command."""

import pandas as pd

from keiro.semantic.artifacts import current_target_dir
from keiro.semantic import load_kpis


def model(dbt, session):
    """One row per metric with what its YAML says; the definition is stated nowhere else."""
    dbt.config(materialized="table")
    return pd.DataFrame(
        [
            {
                "metric": kpi.name,
                "role": kpi.meta.role,
                "owner": kpi.meta.owner,
                "unit": kpi.meta.unit,
                "direction": kpi.meta.direction,
                "cadence": kpi.meta.cadence,
                "kind": kpi.kind,
                "label_en": kpi.label_en,
                "label_ja": kpi.meta.label_ja,
                "description": kpi.description,
                "description_ja": kpi.meta.description_ja,
                "formula": kpi.formula,
                "parent_metric": kpi.parent,
                "numerator_metric": kpi.numerator,
                "denominator_metric": kpi.denominator,
                "is_quotient": kpi.is_quotient,
                "sample_metric": kpi.sample,
                "stage_pair": kpi.meta.stage_pair,
                "range_min": kpi.meta.range.min,
                "range_max": kpi.meta.range.max,
                "definition_hash": kpi.definition_hash,
            }
            for kpi in load_kpis(current_target_dir())
        ]
    ).astype({"range_min": "float64", "range_max": "float64"})
