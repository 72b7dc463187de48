"""What was known on a day: the KPIs as the last publication on or before it reported them."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from keiro.errors import ExitCode, KeiroError
from keiro.publish import Publication, current

# Of each key the newest row that is not younger. The KGI's grain is that of its target, as on the
# page; a metric with a target of its own has that target's.
KNOWN = """
    with

    known as (
        select *
        from kpi.fct_kpi_ledger
        where scope = 'all' and known_at < $until
        qualify row_number() over (
            partition by metric, grain, period_start
            order by known_at desc
        ) = 1
    ),

    targets as (
        select metric, grain
        from kpi.fct_kpi_status
        where scope = 'all' and period_start <= $valid_at
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

    shown as (
        select
            known.*,
            kpis.role,
            kpis.label_en,
            kpis.label_ja
        from known
        left join kpi.dim_kpis as kpis using (metric)
        left join targets using (metric)
        where
            known.status != 'retired'
            and known.period_start <= $valid_at
            and known.grain = coalesce(
                targets.grain, (select any_value(grain) from kgi), 'month'
            )
            and coalesce(kpis.role, 'retired') != 'component'
        qualify row_number() over (
            partition by known.metric
            order by known.period_start desc
        ) = 1
    )

    select
        shown.metric,
        shown.role,
        shown.unit,
        shown.label_en,
        shown.label_ja,
        shown.grain,
        shown.period_start,
        shown.period_end,
        shown.valid_at,
        shown.known_at,
        shown.value,
        shown.n,
        shown.status,
        shown.trust,
        shown.definition_hash,
        today.value as value_today,
        today.trust as trust_today,
        shown.definition_hash is distinct from today.definition_hash as is_redefined
    from shown
    left join kpi.fct_kpi_values as today
        on
            shown.metric = today.metric
            and shown.grain = today.grain
            and shown.period_start = today.period_start
            and today.scope = 'all'
    order by
        array_position(['kgi', 'main', 'driver', 'guardrail'], shown.role) nulls last,
        shown.metric
"""


@dataclass(frozen=True)
class Known:
    """The KPIs of a past publication; `kpis` are rows by column name, the KGI first.

    `published_at` is when, in UTC, the last publication that day or before came to other numbers
    than the one before it; `as_of` is the last day whose end was known to it.
    """

    day: date
    published_at: datetime
    as_of: date
    kpis: list[dict[str, Any]]

    def as_json(self) -> dict[str, Any]:
        """The same as plain JSON values, for scripts."""
        return {
            "day": self.day.isoformat(),
            "published_at": self.published_at.isoformat(),
            "as_of": self.as_of.isoformat(),
            "kpis": [{name: _plain(value) for name, value in row.items()} for row in self.kpis],
        }


def read_known(published_dir: Path, day: date, timezone: ZoneInfo) -> Known:
    """What was known at the end of a day of the business time zone.

    Raises KeiroError where nothing is published, or nothing was by then.
    """
    import duckdb

    publication = current(published_dir)
    if publication is None:
        raise KeiroError(
            "nothing has been published yet",
            where=str(published_dir),
            remedy="run `keiro run` first",
            exit_code=ExitCode.USAGE,
        )
    end = datetime.combine(day + timedelta(days=1), time(), timezone)
    until = end.astimezone(UTC).replace(tzinfo=None)
    try:
        with duckdb.connect(str(publication.database), read_only=True) as con:
            return _read(con, publication, day, until, timezone)
    except duckdb.IOException:
        # Where few versions are kept, this one may have been replaced and swept just now.
        if current(published_dir) == publication:
            raise
        return read_known(published_dir, day, timezone)


def _read(
    con: Any, publication: Publication, day: date, until: datetime, timezone: ZoneInfo
) -> Known:
    import duckdb

    try:
        row = con.execute(
            "select min(known_at), max(known_at) filter (where known_at < $until),"
            " arg_max(valid_at, known_at) filter (where known_at < $until)"
            " from kpi.fct_kpi_ledger",
            {"until": until},
        ).fetchone()
    except duckdb.CatalogException as error:
        raise KeiroError(
            "this publication has no ledger: it was made before Keiro kept one",
            where=str(publication.folder),
            remedy="run `keiro run`; what it publishes is kept from then on",
            exit_code=ExitCode.USAGE,
        ) from error
    first, published_at, as_of = row
    if published_at is None:
        begin = f"{first.replace(tzinfo=UTC).astimezone(timezone):%Y-%m-%d}" if first else "never"
        raise KeiroError(
            f"on {day} nothing had been published that the ledger knows of; it begins on {begin}",
            where="DATE",
            remedy=f"ask for {begin} or a later day",
            exit_code=ExitCode.USAGE,
        )
    cursor = con.execute(KNOWN, {"until": until, "valid_at": as_of})
    names = [column[0] for column in cursor.description]
    kpis = [dict(zip(names, values, strict=True)) for values in cursor.fetchall()]
    return Known(day, published_at.replace(tzinfo=UTC), as_of, kpis)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date | datetime) else value
