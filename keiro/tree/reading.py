"""Reads the tree and its values from the published file."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import duckdb

from keiro.errors import ExitCode, KeiroError
from keiro.publish import Publication, current
from keiro.tree.formula import parse_formula
from keiro.tree.graph import Edge, Tree

Row = dict[str, Any]
NEEDED = (
    "dim_channels",
    "dim_kpi_drivers",
    "fct_kpi_contributions",
    "fct_kpi_identities",
    "fct_kpi_samples",
    "fct_kpi_won_cohorts",
)
# Of each metric the period of a grain that holds the as-of date, with its target and identity.
STANDING = """
    with

    shown as (
        select *
        from kpi.fct_kpi_values
        where grain = $grain and scope = $scope and period_start <= $as_of
        qualify period_start = max(period_start) over ()
    ),

    broken as (
        select metric, count(*) as broken_periods
        from kpi.fct_kpi_identities
        where status = 'broken'
        group by metric
    )

    select
        kpis.metric, kpis.role, kpis.owner, kpis.unit, kpis.direction, kpis.label_en, kpis.label_ja,
        kpis.identity_formula, shown.period_start, shown.period_end, shown.value, shown.n,
        shown.status, shown.trust, targets.target, targets.attainment, targets.pace_index,
        targets.status as target_status, identities.value as identity_value,
        identities.formula_value,
        identities.status as identity_status, identities.reason as identity_reason,
        case
            when kpis.identity_formula is not null then coalesce(broken.broken_periods, 0)
        end as identity_broken_periods
    from kpi.dim_kpis as kpis
    left join shown on kpis.metric = shown.metric
    left join kpi.fct_kpi_status as targets
        on
            shown.metric = targets.metric and shown.grain = targets.grain
            and shown.scope = targets.scope and shown.period_start = targets.period_start
    left join kpi.fct_kpi_identities as identities
        on
            shown.metric = identities.metric and shown.grain = identities.grain
            and shown.scope = identities.scope and shown.period_start = identities.period_start
    left join broken on kpis.metric = broken.metric
    order by kpis.metric
"""


@dataclass(frozen=True)
class Standing:
    """The tree with where each metric stands: rows by metric, of one grain and scope."""

    publication: Publication
    grain: str
    scope: str
    tree: Tree
    rows: dict[str, Row]


def open_published(published_dir: Path) -> tuple[Publication, duckdb.DuckDBPyConnection]:
    """What is published now and a connection to it; close it. Raises KeiroError without a tree."""
    publication = current(published_dir)
    if publication is None:
        raise KeiroError(
            "nothing has been published yet",
            where=str(published_dir),
            remedy="run `keiro run` first",
            exit_code=ExitCode.USAGE,
        )
    try:
        con = duckdb.connect(str(publication.database), read_only=True)
    except duckdb.IOException:
        # Where few versions are kept, this one may have been replaced and swept just now.
        if current(published_dir) == publication:
            raise
        return open_published(published_dir)
    tables = {row[0] for row in con.execute("select table_name from duckdb_tables()").fetchall()}
    if missing := [name for name in NEEDED if name not in tables]:
        con.close()
        raise KeiroError(
            f"version {publication.version} was published without {', '.join(missing)}",
            where=str(publication.database),
            remedy="run `keiro run` again",
            exit_code=ExitCode.USAGE,
        )
    return publication, con


def read_standing(published_dir: Path, grain: str | None, scope: str) -> Standing:
    """The tree with values; without a grain those of the KGI's target, else of the fiscal year."""
    publication, con = open_published(published_dir)
    with con:
        tree = read_tree(con)
        chosen = grain or _usual_grain(con, tree.root)
        as_of = date.fromisoformat(str(publication.manifest["as_of"]))
        check_scope(con, scope)
        rows = fetch(con, STANDING, {"grain": chosen, "scope": scope, "as_of": as_of})
    return Standing(publication, chosen, scope, tree, {row["metric"]: row for row in rows})


def read_tree(con: duckdb.DuckDBPyConnection) -> Tree:
    """The published tree."""
    edges = fetch(
        con,
        """
        select metric, driver, kind, lag_days, evidence, owner, review_date, is_declared
        from kpi.dim_kpi_drivers
        order by metric, position
        """,
    )
    kpis = fetch(con, "select metric, role, identity_formula from kpi.dim_kpis order by metric")
    return Tree(
        root=next(row["metric"] for row in kpis if row["role"] == "kgi"),
        edges=tuple(Edge(**edge) for edge in edges),
        identities={
            row["metric"]: parse_formula(row["identity_formula"])
            for row in kpis
            if row["identity_formula"]
        },
    )


def check_metric(con: duckdb.DuckDBPyConnection, metric: str) -> None:
    """Raise a KeiroError with names like it where there is no such metric."""
    names = [row[0] for row in con.execute("select metric from kpi.dim_kpis").fetchall()]
    if metric not in names:
        close = get_close_matches(metric, names, 3)
        raise KeiroError(
            f"there is no metric {metric!r}",
            where="METRIC",
            remedy=f"did you mean {', '.join(close)}?" if close else "`keiro tree` lists them",
            exit_code=ExitCode.USAGE,
        )


def check_scope(con: duckdb.DuckDBPyConnection, scope: str) -> None:
    """Raise a KeiroError that lists the scopes where there is no such one."""
    found = con.execute("select distinct scope from kpi.fct_kpi_values order by scope").fetchall()
    if scope not in (scopes := [row[0] for row in found]):
        raise KeiroError(
            f"there is no scope {scope!r}",
            where="--scope",
            remedy=f"name one of {', '.join(scopes)}",
            exit_code=ExitCode.USAGE,
        )


def fetch(
    con: duckdb.DuckDBPyConnection, query: str, values: Mapping[str, Any] | None = None
) -> list[Row]:
    """Rows of a query by column name."""
    cursor = con.execute(query, values)
    names = [column[0] for column in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _usual_grain(con: duckdb.DuckDBPyConnection, root: str) -> str:
    row = con.execute(
        "select grain from kpi.fct_kpi_status where metric = $root and scope = 'all' "
        "order by period_end desc, period_start limit 1",
        {"root": root},
    ).fetchone()
    return str(row[0]) if row else "fiscal_year"
