"""Reads the published state: each KPI against its target, what is flagged, what is withheld."""

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from keiro.errors import ExitCode, KeiroError
from keiro.publish import Publication, current

# Of each KPI its target period that holds the as-of date; of one without a target, its value in
# the KGI's period. Parts that only other metrics are made of are left out.
KPIS = """
    with

    targets as (
        select *
        from kpi.fct_kpi_status
        where
            scope = 'all'
            and period_start <= $as_of
        qualify row_number() over (
            partition by metric
            order by period_end desc, period_start
        ) = 1
    ),

    kgi as (
        select targets.grain
        from targets
        inner join kpi.dim_kpis as kpis using (metric)
        where kpis.role = 'kgi'
    ),

    untargeted as (
        select *
        from kpi.fct_kpi_values
        where
            scope = 'all'
            and period_start <= $as_of
            and grain = coalesce((select any_value(grain) from kgi), 'month')
        qualify row_number() over (partition by metric order by period_start desc) = 1
    )

    select
        kpis.metric,
        kpis.role,
        kpis.unit,
        kpis.label_en,
        kpis.label_ja,
        cast(coalesce(targets.period_start, untargeted.period_start) as date) as period_start,
        cast(coalesce(targets.period_end, untargeted.period_end) as date) as period_end,
        cast(coalesce(targets.actual, untargeted.value) as double) as actual,
        cast(targets.target as double) as target,
        cast(targets.attainment as double) as attainment,
        cast(targets.pace_index as double) as pace_index,
        coalesce(
            targets.status,
            case when untargeted.status = 'insufficient' then 'insufficient' end
        ) as status,
        coalesce(targets.trust, untargeted.trust) as trust
    from kpi.dim_kpis as kpis
    left join targets using (metric)
    left join untargeted using (metric)
    where list_contains(['kgi', 'main', 'driver', 'guardrail'], kpis.role)
    order by
        array_position(['kgi', 'main', 'driver', 'guardrail'], kpis.role),
        kpis.metric
"""
FLAGS = """
    select metric, subject, scope, period_start, kind, cause, severity, detail_en, detail_ja
    from kpi.fct_kpi_flags
    where closed_at is null
    order by
        array_position(['critical', 'warning', 'info'], severity) nulls last,
        kind,
        metric,
        subject
"""


@dataclass(frozen=True)
class Status:
    """The published state: `kpis` and `flags` are rows by column name, KGI and gravest first."""

    publication: Publication
    kpis: list[dict[str, Any]]
    flags: list[dict[str, Any]]

    def as_json(self) -> dict[str, Any]:
        """The same as plain JSON values, for scripts."""
        manifest = self.publication.manifest
        return {
            "version": self.publication.version,
            "as_of": manifest["as_of"],
            "published_at": manifest["published_at"],
            "report": str(self.publication.report),
            "checks": manifest.get("checks", {}),
            "kpis": [_plain(row) for row in self.kpis],
            "flags": [_plain(row) for row in self.flags],
        }


def read_status(published_dir: Path) -> Status:
    """The state that `current` points to. Raises KeiroError where nothing is published."""
    import duckdb

    publication = current(published_dir)
    if publication is None:
        raise KeiroError(
            "nothing has been published yet",
            where=str(published_dir),
            remedy="run `keiro run` first",
            exit_code=ExitCode.USAGE,
        )
    as_of = date.fromisoformat(str(publication.manifest["as_of"]))
    try:
        with duckdb.connect(str(publication.database), read_only=True) as con:
            kpis = _rows(con.execute(KPIS, {"as_of": as_of}))
            flags = _rows(con.execute(FLAGS))
    except duckdb.IOException:
        # Where few versions are kept, this one may have been replaced and swept just now.
        if current(published_dir) == publication:
            raise
        return read_status(published_dir)
    return Status(publication, kpis, flags)


def _rows(cursor: Any) -> list[dict[str, Any]]:
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    return {name: _plain_value(value) for name, value in row.items()}


def _plain_value(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date | datetime) else value
