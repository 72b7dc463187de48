"""The metrics of the project as a table, from the manifest of the running dbt command."""

import pyarrow as pa

from keiro.semantic import Kpi, load_kpis
from keiro.semantic.artifacts import current_target_dir

TEXTS = (
    "metric",
    "role",
    "owner",
    "unit",
    "direction",
    "cadence",
    "kind",
    "label_en",
    "label_ja",
    "description",
    "description_ja",
    "formula",
    "parent_metric",
    "numerator_metric",
    "denominator_metric",
    "input_metrics",
    "sample_metric",
    "stage_pair",
    "inflow_metric",
    "inflow_stage_pair",
    "definition_hash",
    "identity_formula",
)
# Types are stated: a column without a value would be taken for a number.
SCHEMA = pa.schema(
    [(name, pa.string()) for name in TEXTS]
    + [("is_quotient", pa.bool_()), ("range_min", pa.float64()), ("range_max", pa.float64())]
    + [("horizon_days", pa.int32())]
)


def model(dbt, session):
    """One row per metric with what its YAML says; the definition is stated nowhere else."""
    dbt.config(materialized="table")
    rows = [row(kpi) for kpi in load_kpis(current_target_dir())]
    return pa.Table.from_pylist(rows, schema=SCHEMA)


def row(kpi: Kpi) -> dict:
    """A metric as a row of the table."""
    return {
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
        "input_metrics": ",".join(kpi.inputs),
        "sample_metric": kpi.sample,
        "stage_pair": kpi.meta.stage_pair,
        "inflow_metric": kpi.meta.inflow.metric if kpi.meta.inflow else None,
        "inflow_stage_pair": kpi.meta.inflow.stage_pair if kpi.meta.inflow else None,
        "definition_hash": kpi.definition_hash,
        "identity_formula": kpi.identity,
        "is_quotient": kpi.is_quotient,
        "range_min": kpi.meta.range.min,
        "range_max": kpi.meta.range.max,
        "horizon_days": kpi.meta.horizon_days,
    }
