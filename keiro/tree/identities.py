"""The identities of the tree as one statement of SQL, and as rows of a table."""

from typing import Any

import pyarrow as pa

from keiro.tree.graph import Tree

# |metric - formula| may be this share of the sizes that are added: doubles carry 16 digits, and a
# sum of a million of them keeps ten.
RELATIVE_TOLERANCE = 1e-9
DRIVERS_SCHEMA = pa.schema(
    [
        ("metric", pa.string()),
        ("driver", pa.string()),
        ("kind", pa.string()),
        ("position", pa.int32()),
        ("lag_days", pa.int32()),
        ("evidence", pa.string()),
        ("owner", pa.string()),
        ("review_date", pa.date32()),
        ("is_declared", pa.bool_()),
    ]
)
EVALUATED = """
    select
        null::varchar as metric, null::varchar as formula, null::varchar as grain,
        null::date as period_start, null::date as period_end, null::varchar as scope,
        null::double as value, null::double as formula_value, null::double as tolerance,
        null::boolean as is_insufficient
    where false
"""


def drivers_table(tree: Tree) -> pa.Table:
    """One row per edge of the tree, in the order in which a metric's drivers are shown."""
    rows: list[dict[str, Any]] = []
    for edge in tree.edges:
        rows.append(
            {
                "metric": edge.metric,
                "driver": edge.driver,
                "kind": edge.kind,
                "position": tree.below(edge.metric).index(edge),
                "lag_days": edge.lag_days,
                "evidence": edge.evidence,
                "owner": edge.owner,
                "review_date": edge.review_date,
                "is_declared": edge.is_declared,
            }
        )
    return pa.Table.from_pylist(rows, schema=DRIVERS_SCHEMA)


def identities_sql(tree: Tree, kpi_values: str) -> str:
    """SQL with both sides of each identity, for each period and scope in which its metric stands.

    Args:
        tree: the tree with its identities.
        kpi_values: a relation with metric, grain, period_start, period_end, scope, value, status.

    Returns:
        A statement with the rows metric, formula, grain, period_start, period_end, scope, value,
        formula_value (null where a side has no value), tolerance, is_insufficient (a side rests on
        too few cases).

    """
    parts = [_identity_sql(tree, metric, kpi_values) for metric in sorted(tree.identities)]
    return "\nunion all by name\n".join([EVALUATED, *parts])


def _identity_sql(tree: Tree, metric: str, kpi_values: str) -> str:
    formula = tree.identities[metric]
    alias = {name: f"side_{number}" for number, name in enumerate(formula.metrics)}
    joins = "".join(
        f"""
        left join {kpi_values} as {side}
            on {side}.metric = {_text(name)} and {side}.grain = whole.grain
            and {side}.period_start = whole.period_start and {side}.scope = whole.scope"""
        for name, side in alias.items()
    )

    def column(name: str) -> str:
        return f"{alias[name]}.value"

    size = formula.magnitude_sql(column)
    few = " or ".join(f"{side}.status = 'insufficient'" for side in ("whole", *alias.values()))
    return f"""
        select
            {_text(metric)} as metric, {_text(formula.text)} as formula, whole.grain,
            whole.period_start, whole.period_end, whole.scope, whole.value,
            {formula.to_sql(column)} as formula_value,
            {RELATIVE_TOLERANCE} * (abs(whole.value) + {size}) as tolerance,
            coalesce({few}, false) as is_insufficient
        from {kpi_values} as whole{joins}
        where whole.metric = {_text(metric)}
    """


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
