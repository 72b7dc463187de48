"""KPIs as their YAML defines them: dbt's metric plus Keiro's `config.meta`, validated."""

import hashlib
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from pydantic import ValidationError

from keiro.errors import KeiroError
from keiro.semantic.drivers import Driver
from keiro.semantic.meta import IN_TREE, KpiMeta

Kind = Literal["count", "amount", "rate", "ratio", "stock"]

# MetricFlow writes a dimension as {{ Dimension('entity__name') }}; people read its name.
_DIMENSION = re.compile(r"\{\{\s*\w+\('(?:\w+?__)?(\w+)'[^}]*\)\s*\}\}")


@dataclass(frozen=True)
class Kpi:
    """A metric of the project.

    `numerator` and `denominator` name metrics and are null unless it is a ratio; `is_quotient` says
    that the value is just the one divided by the other, with no filter or offset of its own.
    `inputs` are the metrics that it is computed from.
    `parent` is the metric above it in the tree, passing over metrics that are switched off.
    `identity` is its declared identity over other metrics, null where one of them is switched off;
    `drivers` are the declared ones that are on.
    """

    name: str
    label_en: str
    description: str
    kind: Kind
    formula: str
    file: str
    numerator: str | None
    denominator: str | None
    inputs: tuple[str, ...]
    is_quotient: bool
    definition_hash: str
    parent: str | None
    identity: str | None
    drivers: tuple[Driver, ...]
    meta: KpiMeta

    @property
    def sample(self) -> str | None:
        """The metric whose value is the number of cases behind this one's value."""
        if self.kind == "count":
            return self.name
        return self.meta.sample or self.denominator


@dataclass(frozen=True)
class Nodes:
    """The metrics of a manifest by name, and what is switched off.

    `switched_off` has the parent of each metric that is. What a file of `taken_in_part` names may
    not be in the project at all.
    """

    metrics: dict[str, dict[str, Any]]
    switched_off: dict[str, str | None]
    taken_in_part: frozenset[str]


def load_kpis(target_dir: Path) -> list[Kpi]:
    """All metrics of the parsed project, validated.

    Args:
        target_dir: dbt's target folder, with `manifest.json` of a parse.

    Raises:
        KeiroError: one error that lists every fault, each with its file, metric and remedy.

    """
    nodes = read_nodes(target_dir)
    kpis, faults = [], []
    for name, node in sorted(nodes.metrics.items()):
        try:
            kpis.append(read_kpi(node, nodes))
        except ValidationError as error:
            faults += [_fault(node, problem) for problem in error.errors()]
        except ValueError as error:
            faults.append(f"{node['original_file_path']}: metric {name}: {error}")
    faults += [
        f"{kpi.file}: metric {kpi.name}: config.meta.{key} names the unknown metric {named!r}"
        for kpi in kpis
        for key, named in (
            ("inflow", kpi.meta.inflow.metric if kpi.meta.inflow else None),
            ("quality", kpi.meta.quality),
        )
        if named and named not in {*nodes.metrics, *nodes.switched_off}
    ]
    if not faults:
        from keiro.tree.graph import graph_faults

        faults = _tree_faults(kpis) or graph_faults(kpis)
    if faults:
        raise KeiroError(
            "metric definitions are incomplete:\n    " + "\n    ".join(faults),
            remedy="complete config.meta of the metrics named; README, 'Add a KPI', lists its keys",
        )
    return kpis


def read_nodes(target_dir: Path) -> Nodes:
    """The metrics of dbt's `manifest.json` in a target folder."""
    manifest = json.loads((target_dir / "manifest.json").read_text(encoding="utf-8"))
    metrics: dict[str, dict[str, Any]] = {
        node["name"]: node for node in manifest["metrics"].values()
    }
    disabled = [
        node
        for versions in manifest["disabled"].values()
        for node in versions
        if node["resource_type"] == "metric" and node["name"] not in metrics
    ]
    return Nodes(
        metrics=metrics,
        switched_off={node["name"]: read_meta(node).get("parent") for node in disabled},
        taken_in_part=frozenset(node["original_file_path"] for node in disabled),
    )


def read_kpi(node: dict[str, Any], nodes: Nodes) -> Kpi:
    """A metric. Raises ValueError (pydantic's ValidationError too) on what its YAML lacks."""
    metrics, switched_off = nodes.metrics, nodes.switched_off
    in_part = node["original_file_path"] in nodes.taken_in_part

    def is_off(name: str) -> bool:
        return name in switched_off or (in_part and name not in metrics)

    meta = KpiMeta.model_validate(read_meta(node))
    for field in ("label", "description"):
        if not (node.get(field) or "").strip():
            raise ValueError(f"`{field}` is missing")
    # A formula is whole or none: its names are its words that begin with a letter.
    names = re.findall(r"\b[^\W\d]\w*", meta.formula or "")
    identity = None if any(map(is_off, names)) else meta.formula
    return Kpi(
        name=node["name"],
        label_en=node["label"].strip(),
        description=" ".join(node["description"].split()),
        kind=_kind(node, meta),
        formula=_formula(node),
        file=node["original_file_path"],
        numerator=_input_name(node, "numerator"),
        denominator=_input_name(node, "denominator"),
        inputs=_inputs(node),
        is_quotient=_is_quotient(node),
        definition_hash=_definition_hash(node["name"], metrics),
        parent=_parent(meta, metrics, switched_off),
        identity=identity,
        drivers=tuple(
            driver
            for driver in meta.drivers
            if not is_off(driver.metric)
            and not (driver.kind == "identity" and identity != meta.formula)
        ),
        meta=meta,
    )


def read_meta(node: dict[str, Any]) -> dict[str, Any]:
    """`config.meta`, with what a project of its own says otherwise in `override`.

    dbt merges the `+meta` of `dbt_project.yml` below a metric's own; a key of its own gets through.
    """
    meta = dict(node["config"].get("meta") or {})
    override = meta.pop("override", None) or {}
    if not isinstance(override, dict):
        raise ValueError(f"config.meta.override is no mapping (got {override!r})")
    # Rules that the metric itself switches off stay so.
    own, project = meta.get("lint"), override.get("lint")
    both = {"lint": own | project} if isinstance(own, dict) and isinstance(project, dict) else {}
    return meta | override | both


def _parent(
    meta: KpiMeta, metrics: dict[str, dict[str, Any]], switched_off: dict[str, str | None]
) -> str | None:
    """The nearest metric above that is on: at the latest the KGI."""
    seen: set[str] = set()
    name = meta.parent
    while name in switched_off and name not in seen:
        seen.add(name)
        name = switched_off[name]
    if name is None and seen:
        return next(
            (item for item in metrics if read_meta(metrics[item]).get("role") == "kgi"), None
        )
    return name


def _input_name(node: dict[str, Any], part: str) -> str | None:
    given = node["type_params"].get(part)
    return str(given["name"]) if given else None


def _inputs(node: dict[str, Any]) -> tuple[str, ...]:
    """The metrics that a metric is computed from, whatever its type."""
    named = [_input_name(node, "numerator"), _input_name(node, "denominator")]
    named += [item["name"] for item in node["type_params"].get("metrics") or []]
    return tuple(dict.fromkeys(name for name in named if name))


def _is_quotient(node: dict[str, Any]) -> bool:
    if node["type"] != "ratio" or node.get("filter"):
        return False
    inputs = [node["type_params"][part] for part in ("numerator", "denominator")]
    changes = ("filter", "offset_window", "offset_to_grain")
    return not any(item.get(change) for item in inputs for change in changes)


def _kind(node: dict[str, Any], meta: KpiMeta) -> Kind:
    if meta.kind is not None:
        return meta.kind
    if node["type"] == "ratio":
        return "rate" if meta.unit == "ratio" else "ratio"
    return "count" if meta.unit == "count" else "amount"


def _formula(node: dict[str, Any]) -> str:
    params = node["type_params"]
    if node["type"] == "ratio":
        return f"{params['numerator']['name']} / {params['denominator']['name']}"
    if node["type"] == "derived" and params.get("expr"):
        return str(params["expr"])
    aggregation = params.get("metric_aggregation_params") or {}
    filters = (node.get("filter") or {}).get("where_filters") or []
    condition = " and ".join(
        _DIMENSION.sub(r"\1", item["where_sql_template"]).strip() for item in filters
    )
    formula = f"{aggregation.get('agg', node['type'])}({params.get('expr') or node['name']})"
    return f"{formula} where {condition}" if condition else formula


def _definition_hash(name: str, metrics: dict[str, dict[str, Any]]) -> str:
    """A hash of all that decides the value: own parameters and those of the inputs."""
    node = metrics[name]
    params = node["type_params"]
    parts = {
        "type": node["type"],
        "type_params": params,
        "filter": node.get("filter"),
        "inputs": [_definition_hash(name, metrics) for name in _inputs(node) if name in metrics],
    }
    canonical = json.dumps(parts, sort_keys=True, default=str)
    return hashlib.sha256(canonical.encode()).hexdigest()[:16]


def _fault(node: dict[str, Any], problem: Any) -> str:
    key = ".".join(str(part) for part in problem["loc"])
    where = f"{node['original_file_path']}: metric {node['name']}"
    if problem["type"] == "missing":
        return f"{where}: config.meta.{key} is missing"
    return f"{where}: config.meta.{key}: {problem['msg']} (got {problem['input']!r})"


def _tree_faults(kpis: list[Kpi]) -> list[str]:
    """One KGI, every metric of the tree leads to it, and every name exists."""
    by_name = {kpi.name: kpi for kpi in kpis}
    faults = []
    roots = [kpi.name for kpi in kpis if kpi.meta.role == "kgi"]
    if len(roots) != 1:
        faults.append(f"one metric must have the role kgi, and {len(roots)} have it: {roots}")
    for kpi in kpis:
        where = f"{kpi.file}: metric {kpi.name}"
        for key, name in (("parent", kpi.parent), ("sample", kpi.meta.sample)):
            if name and name not in by_name:
                faults.append(f"{where}: config.meta.{key} names the unknown metric {name!r}")
        if kpi.meta.role in IN_TREE and kpi.meta.role != "kgi" and not kpi.parent:
            faults.append(f"{where}: config.meta.parent is missing (its place in the tree)")
        if not faults and kpi.meta.role in IN_TREE and not _leads_to_root(kpi, by_name):
            faults.append(f"{where}: its parents go in a circle and never reach the KGI")
    return faults


def _leads_to_root(kpi: Kpi, by_name: dict[str, Kpi]) -> bool:
    seen: set[str] = set()
    current: Kpi | None = kpi
    while current and current.meta.role != "kgi" and current.name not in seen:
        seen.add(current.name)
        current = by_name.get(current.parent or "")
    return current is not None and current.meta.role == "kgi"
