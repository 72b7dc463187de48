"""The amounts behind amount metrics, as SQL that MetricFlow renders: what intervals rest on."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from keiro.semantic.definitions import Kpi
from keiro.semantic.queries import MetricQueries, rendered_once
from keiro.tree.graph import build_tree

# Months of a channel with more different cases than this are cut into so many groups of cases of
# like size, each with its mean: what spread is lost within a group is far below that between them.
MAX_GROUPS = 500
NO_SAMPLES = """
    select
        null::varchar as semantic_model, null::bigint as group_id, null::date as month,
        null::varchar as channel, null::bigint as cases, null::varchar as metric,
        null::double as value
    where false
"""


def samples_sql(target_dir: Path, kpis: Sequence[Kpi]) -> str:
    """SQL with the cases of the amounts in the tree, those with equal values in one group.

    The cases are the primary entities of the mart that a metric sums, cut as the metric's own SQL
    cuts them. A metric that counts the cases (its `sample`) stands beside the amounts, so that both
    are drawn with the same weights.

    Returns:
        A statement with the rows semantic_model, group_id (within the semantic model), month,
        channel (null where none is known), cases, metric, value (of each case of the group).

    """
    in_tree = {name for _, _, name in build_tree(kpis).walk()}
    parts = {name for kpi in kpis if kpi.name in in_tree for name in (kpi.name, *kpi.inputs)}
    amounts = [kpi for kpi in kpis if kpi.name in parts and kpi.kind == "amount"]

    def render() -> str:
        manifest = json.loads((target_dir / "semantic_manifest.json").read_text(encoding="utf-8"))
        queries = MetricQueries(target_dir)
        statements = [
            _model_sql(queries, model, names, entity)
            for model, entity, names in _sampled(manifest, amounts)
        ]
        return "\nunion all by name\n".join([NO_SAMPLES, *statements])

    asked = repr(([(kpi.name, kpi.sample) for kpi in amounts], MAX_GROUPS))
    return rendered_once(target_dir, "metric_samples", asked, render)


def _sampled(
    manifest: dict[str, Any], amounts: Sequence[Kpi]
) -> Iterator[tuple[str, str, list[str]]]:
    """Each semantic model with its primary entity and the metrics that are sampled in it."""
    entities = {
        model["name"]: {entity["type"]: entity["name"] for entity in model["entities"]}
        for model in manifest["semantic_models"]
    }
    models = {
        metric["name"]: model
        for metric in manifest["metrics"]
        if (model := _summed_in(metric)) is not None
    }
    wanted: dict[str, set[str]] = {}
    for kpi in amounts:
        model = models.get(kpi.name)
        if model is not None and "primary" in entities[model]:
            names = {kpi.name, kpi.sample} if models.get(kpi.sample or "") == model else {kpi.name}
            wanted.setdefault(model, set()).update(name for name in names if name)
    for model, metrics in sorted(wanted.items()):
        yield model, entities[model]["primary"], sorted(metrics)


def _summed_in(metric: dict[str, Any]) -> str | None:
    """The semantic model in which a simple metric sums or counts; null for all others."""
    given = metric["type_params"].get("metric_aggregation_params")
    if metric["type"] != "simple" or not given or given.get("non_additive_dimension"):
        return None
    return str(given["semantic_model"]) if given["agg"] in ("sum", "count") else None


def _model_sql(queries: MetricQueries, model: str, metrics: list[str], entity: str) -> str:
    cases = queries.entity_sql(metrics, entity)
    values = ", ".join(f"coalesce(cast({name} as double), 0) as {name}" for name in metrics)
    means = ", ".join(f"round(avg({name}), 6) as {name}" for name in metrics)
    ranked = " + ".join(f"abs({name})" for name in metrics)
    return f"""
        select * from (
            unpivot (
                with cases as (
                    select cast(metric_time__month as date) as month, channel, {values}
                    from ({cases}) as queried
                ),
                sized as (
                    select
                        *,
                        ntile({MAX_GROUPS}) over (
                            partition by month, channel order by {ranked}, {", ".join(metrics)}
                        ) as tile,
                        count(*) over (partition by month, channel) > {MAX_GROUPS} as is_cut
                    from cases
                ),
                grouped as (
                    select month, channel, count(*) as cases, {means}
                    from sized
                    group by
                        month, channel, case when is_cut then tile end,
                        {", ".join(f"case when not is_cut then {name} end" for name in metrics)}
                )
                select
                    '{model}' as semantic_model,
                    row_number() over (order by month, channel, {", ".join(metrics)}, cases)
                        as group_id,
                    *
                from grouped
            )
            on {", ".join(metrics)}
            into name metric value value
        )
        where value != 0
    """
