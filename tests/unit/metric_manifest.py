"""A manifest of metrics as dbt writes it, as far as metric definitions read it."""

import json
from pathlib import Path
from typing import Any


def metric(name: str, **changes: Any) -> dict[str, Any]:
    """A simple count below `goal`; `meta` and further keys override."""
    meta = {
        "role": "driver",
        "owner": "someone",
        "unit": "count",
        "direction": "up",
        "cadence": "month",
        "label_ja": "名前",
        "description_ja": "数えるもの。",
        "range": {"min": 0},
        "parent": "goal",
        **changes.pop("meta", {}),
    }
    node = {
        "resource_type": "metric",
        "name": name,
        "label": name.title(),
        "description": f"What {name} counts.",
        "type": "simple",
        "type_params": {"metric_aggregation_params": {"agg": "count"}, "expr": "id"},
        "filter": None,
        "original_file_path": f"metrics/{name}.yml",
        "config": {"meta": {key: value for key, value in meta.items() if value is not None}},
    }
    return node | changes


def goal(**meta: Any) -> dict[str, Any]:
    """The KGI, in JPY."""
    return metric("goal", meta={"role": "kgi", "parent": None, "unit": "JPY", **meta})


def write_manifest(
    target: Path, *metrics: dict[str, Any], disabled: tuple[dict[str, Any], ...] = ()
) -> Path:
    """Write `manifest.json` into a target folder."""
    manifest = {
        "metrics": {f"metric.p.{node['name']}": node for node in metrics},
        "disabled": {f"metric.p.{node['name']}": [node] for node in disabled},
    }
    (target / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    return target
