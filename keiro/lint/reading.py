"""Reads the metrics of a parsed project, those too that lack what they must have.

What `load_kpis` refuses with an error is filled with a neutral value here and remembered, so that
each rule still sees the whole tree.
"""

import csv
import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from keiro.lint.data import Data
from keiro.lint.design import Design, Metric, Target
from keiro.semantic.definitions import Nodes, read_kpi, read_meta, read_nodes
from keiro.semantic.meta import KpiMeta

# What stands in for a key that is not there; none of these is a default of the YAML.
NEUTRAL: dict[str, Any] = {
    "role": "driver",
    "owner": "?",
    "unit": "count",
    "direction": "up",
    "cadence": "month",
    "label_ja": "?",
    "description_ja": "?",
    "range": {},
}
# A metric without its own text is still a metric.
TEXTS = ("label", "description")


def read_design(
    target_dir: Path, *, targets: Iterable[Mapping[str, Any]], as_of: date, data: Data | None
) -> Design:
    """The design of a parsed project.

    Args:
        target_dir: dbt's target folder, with `manifest.json` of a parse.
        targets: rows of `seeds/kpi_targets.csv` or `kpi.fct_kpi_targets`.
        as_of: the day on which it is judged.
        data: what is published; null before the first publication.

    """
    nodes = read_nodes(target_dir)
    manifest = json.loads((target_dir / "manifest.json").read_text(encoding="utf-8"))
    parents: dict[str, list[str]] = manifest.get("parent_map") or {}
    sources = {
        key: (node["source_name"], node["name"])
        for key, node in manifest.get("sources", {}).items()
    }
    reached: dict[str, frozenset[tuple[str, str]]] = {}
    metrics = {
        name: _metric(node, nodes, _sources(node["unique_id"], parents, sources, reached))
        for name, node in sorted(nodes.metrics.items())
    }
    return Design(metrics=metrics, targets=tuple(_targets(targets)), as_of=as_of, data=data)


def read_target_rows(file: Path) -> list[dict[str, Any]]:
    """The rows of a targets file; none where there is no such file."""
    if not file.exists():
        return []
    with file.open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines))


def _metric(node: dict[str, Any], nodes: Nodes, sources: frozenset[tuple[str, str]]) -> Metric:
    filled, missing, faults = _filled(node)
    leaves = list(_leaves(node["name"], nodes, set()))
    known = [leaf for leaf in leaves if isinstance(leaf, dict)]
    parts = [leaf["type_params"].get("metric_aggregation_params") or {} for leaf in known]
    return Metric(
        kpi=read_kpi(filled, nodes),
        missing=frozenset(missing),
        faults=tuple(faults),
        date_bases=_distinct(_date_basis(part) for part in parts),
        populations=_distinct(part.get("semantic_model") for part in parts),
        sources=sources,
        unresolved=_distinct(leaf for leaf in leaves if isinstance(leaf, str)),
    )


def _filled(node: dict[str, Any]) -> tuple[dict[str, Any], list[str], list[str]]:
    """The node with neutral values for what is not there, what that is, and what is wrong."""
    missing, faults = [], []
    filled = dict(node)
    for key in TEXTS:
        if not (node.get(key) or "").strip():
            missing.append(key)
            filled[key] = node["name"]
    try:
        meta = read_meta(node)
    except ValueError as error:
        meta = {}
        faults.append(str(error))
    for _ in range(len(meta) + len(NEUTRAL) + 1):
        try:
            KpiMeta.model_validate(meta)
            break
        except ValidationError as error:
            for problem in error.errors():
                _mend(meta, problem, missing, faults)
    filled["config"] = {**node["config"], "meta": meta}
    return filled, missing, faults


def _mend(meta: dict[str, Any], problem: Any, missing: list[str], faults: list[str]) -> None:
    """Take out of `config.meta` what one problem is about, or put in what is neutral."""
    place = problem["loc"]
    if not place:
        # Faults of the whole: no Japanese description, or two horizons.
        if meta.get("description_ja"):
            faults.append(str(problem["msg"]))
            meta.pop("horizon_days", None)
        else:
            missing.append("description_ja")
            meta["description_ja"] = NEUTRAL["description_ja"]
        return
    key = str(place[0])
    is_empty = problem["type"] == "missing" or problem["input"] in (None, "")
    if is_empty and len(place) == 1:
        missing.append(key)
    else:
        name = ".".join(str(part) for part in place)
        faults.append(f"config.meta.{name}: {problem['msg']} (got {problem['input']!r})")
    meta.pop(key, None)
    if key in NEUTRAL:
        meta[key] = NEUTRAL[key]


def _leaves(name: str, nodes: Nodes, seen: set[str]) -> Iterator[dict[str, Any] | str]:
    """The simple metrics below a metric; of those that are not there, the name."""
    if name in seen:
        return
    seen.add(name)
    node = nodes.metrics.get(name)
    if node is None:
        yield name
        return
    params = node["type_params"]
    inputs = [params.get("numerator"), params.get("denominator"), *(params.get("metrics") or [])]
    names = [item["name"] for item in inputs if item]
    if not names:
        yield node
    for below in names:
        yield from _leaves(below, nodes, seen)


def _date_basis(part: Mapping[str, Any]) -> str | None:
    model, day = part.get("semantic_model"), part.get("agg_time_dimension")
    return f"{model}.{day}" if model and day else None


def _sources(
    node: str,
    parents: Mapping[str, list[str]],
    sources: Mapping[str, tuple[str, str]],
    reached: dict[str, frozenset[tuple[str, str]]],
) -> frozenset[tuple[str, str]]:
    """The sources above a node; `reached` keeps what was found, so that each is walked once."""
    if node in sources:
        return frozenset({sources[node]})
    if node not in reached:
        reached[node] = frozenset()
        reached[node] = frozenset().union(
            *(_sources(parent, parents, sources, reached) for parent in parents.get(node, ()))
        )
    return reached[node]


def _targets(rows: Iterable[Mapping[str, Any]]) -> Iterator[Target]:
    """Targets over all scopes; a row that cannot be read is an error of `keiro run`, not of "
    "this."""
    for row in rows:
        if row.get("scope") != "all":
            continue
        try:
            yield Target(
                metric=str(row["metric"]),
                grain=str(row["grain"]),
                period_start=_day(row["period_start"]),
                target=float(row["target"]),
                baseline=float(row["baseline"]) if row.get("baseline") else None,
                due_date=_day(row["due_date"]) if row.get("due_date") else None,
                effective_from=_day(row["effective_from"]),
            )
        except (KeyError, TypeError, ValueError):
            continue


def _day(value: object) -> date:
    return value if isinstance(value, date) else date.fromisoformat(str(value))


def _distinct(names: Iterable[str | None]) -> tuple[str, ...]:
    return tuple(sorted({name for name in names if name}))
