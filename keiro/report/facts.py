"""All that the page says, read once and independent of the language."""

import json
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

import duckdb

from keiro.initiatives.review import INITIATIVES
from keiro.report.process_facts import ProcessFacts, read_process
from keiro.report.rows import Day, Flag, Kpi, Reader, Row, Target, Value

# Which target is shown where a metric has several: the longest period that holds the as-of date.
GRAINS = ("fiscal_year", "fiscal_quarter", "month", "week", "day")
MONTHS_SHOWN = 24
OUTCOMES = ("advanced", "open", "lost")
DESIGNS = (
    "kpi.fct_kpi_design_findings",
    "select rule_id, severity, metric, message_en, message_ja, remedy_en, remedy_ja, "
    "is_switched_off from kpi.fct_kpi_design_findings order by position",
)


@dataclass(frozen=True)
class Facts:
    """What the published database holds for the page; lists are empty where it holds nothing."""

    as_of: date | None
    version: str | None
    published_at: str | None
    fiscal_year: date | None
    days: list[Day]
    kpis: dict[str, Kpi]
    values: dict[tuple[str, str], list[Value]]
    targets: dict[str, Target]
    flags: list[Flag]
    withheld: list[Row]
    stages: list[Row]
    entries: list[Row]
    cohorts: list[Row]
    process: ProcessFacts
    loads: list[Row]
    quarantine: list[Row]
    checks: list[Row]
    initiatives: list[Row]
    scores: list[Row]
    designs: list[Row] | None

    @cached_property
    def flags_by_id(self) -> dict[str, Flag]:
        """Flags by their id."""
        return {flag.flag_id: flag for flag in self.flags}

    @cached_property
    def fiscal_years(self) -> dict[str, dict[date, Value]]:
        """Fiscal-year values by metric and first day of the year."""
        return {
            metric: {value.period_start: value for value in values}
            for (metric, grain), values in self.values.items()
            if grain == "fiscal_year"
        }

    def current(self, metric: str) -> Value | None:
        """The metric's value of the period that its target is for, else of the fiscal year."""
        target = self.targets.get(metric)
        grain, start = (
            (target.grain, target.period_start) if target else ("fiscal_year", self.fiscal_year)
        )
        found = (v for v in self.values.get((metric, grain), []) if v.period_start == start)
        return next(found, None)

    def months(self, metric: str) -> list[Value]:
        """The latest monthly values, oldest first."""
        return self.values.get((metric, "month"), [])[-MONTHS_SHOWN:]

    def business_share(self, start: date, end: date) -> float:
        """Share of the current fiscal year's business days between two dates, both inside."""
        year = [d for d in self.days if d.fiscal_year == self.fiscal_year and d.is_business_day]
        inside = sum(1 for day in year if start <= day.date_day <= end)
        return inside / len(year) if year else 0.0


def read_facts(published_db: Path) -> Facts:
    """Read a published database, and the version from the manifest beside it if there is one."""
    manifest = _manifest(published_db)
    with duckdb.connect(str(published_db), read_only=True) as con:
        con.execute("set timezone = 'UTC'")
        reader = Reader(con)
        as_of = _as_of(reader, manifest)
        fiscal_year = _fiscal_year(reader, as_of)
        return Facts(
            as_of=as_of,
            version=manifest.get("version"),
            published_at=manifest.get("published_at"),
            fiscal_year=fiscal_year,
            days=_days(reader, as_of),
            kpis={k.metric: k for k in reader.typed(Kpi, "kpi.dim_kpis", "order by metric")},
            values=_values(reader, as_of),
            targets=_targets(reader, as_of),
            flags=reader.typed(Flag, "kpi.fct_kpi_flags", FLAG_ORDER),
            withheld=reader.dicts("kpi.fct_kpi_values", WITHHELD),
            stages=reader.dicts("funnel.dim_stages", STAGES),
            entries=reader.dicts(
                "funnel.fct_stage_entries", ENTRIES, first=fiscal_year, last=as_of
            ),
            cohorts=reader.dicts("funnel.fct_cohort_conversions", COHORTS, last=as_of),
            process=read_process(reader, fiscal_year, as_of),
            loads=reader.dicts("load.load_log", LOADS),
            quarantine=reader.dicts("load.quarantine", QUARANTINE),
            checks=reader.dicts("load.check_results", CHECKS),
            initiatives=reader.dicts("kpi.fct_initiatives", INITIATIVES),
            scores=reader.dicts("kpi.fct_kpi_backtest_scores", SCORES),
            designs=reader.dicts(*DESIGNS) if reader.has(DESIGNS[0]) else None,
        )


def _manifest(published_db: Path) -> dict[str, Any]:
    try:
        manifest = json.loads((published_db.parent / "manifest.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return manifest if isinstance(manifest, dict) else {}


def _as_of(reader: Reader, manifest: dict[str, Any]) -> date | None:
    for table in ("kpi.fct_kpi_values", "kpi.fct_kpi_status", "load.check_results"):
        for row in reader.dicts(table, f"select max(as_of) as as_of from {table}"):
            if row["as_of"] is not None:
                return date.fromisoformat(str(row["as_of"]))
    given = manifest.get("as_of")
    return date.fromisoformat(str(given)) if given else None


def _fiscal_year(reader: Reader, as_of: date | None) -> date | None:
    rows = reader.dicts(
        "funnel.dim_dates",
        "select fiscal_year from funnel.dim_dates where date_day = $as_of",
        as_of=as_of,
    )
    return rows[0]["fiscal_year"] if rows else None


def _days(reader: Reader, as_of: date | None) -> list[Day]:
    """The calendar of the current fiscal year and the one before."""
    return reader.typed(
        Day,
        "funnel.dim_dates",
        "where fiscal_year in (select fiscal_year from funnel.dim_dates "
        "where date_day in ($as_of, cast($as_of as date) - interval 1 year)) order by date_day",
        as_of=as_of,
    )


def _values(reader: Reader, as_of: date | None) -> dict[tuple[str, str], list[Value]]:
    """Values by metric and grain; days and weeks only as far as a chart shows them."""
    grouped: dict[tuple[str, str], list[Value]] = {}
    for value in reader.typed(
        Value,
        "kpi.fct_kpi_values",
        "where scope = 'all' and (grain in ('month', 'fiscal_quarter', 'fiscal_year') "
        "or period_start >= cast($as_of as date) - interval 2 year) "
        "order by metric, grain, period_start",
        as_of=as_of,
    ):
        grouped.setdefault((value.metric, value.grain), []).append(value)
    return grouped


def _targets(reader: Reader, as_of: date | None) -> dict[str, Target]:
    rows = reader.typed(
        Target,
        "kpi.fct_kpi_status",
        "where scope = 'all' and period_start <= $as_of order by period_start",
        as_of=as_of,
    )

    def preference(target: Target) -> tuple[bool, int, date]:
        holds = as_of is not None and target.period_end >= as_of
        rank = GRAINS.index(target.grain) if target.grain in GRAINS else len(GRAINS)
        return (holds, -rank, target.period_start)

    chosen: dict[str, Target] = {}
    for target in rows:
        before = chosen.get(target.metric)
        if before is None or preference(target) >= preference(before):
            chosen[target.metric] = target
    return chosen


# How right past forecasts were, all metrics together, by what was left of the period.
SCORES = """
    select horizon, n, coverage, brier, brier_run_rate, status
    from kpi.fct_kpi_backtest_scores
    where metric = 'all'
    order by
        horizon = 'all',
        list_position(['1 to 5', '6 to 10', '11 to 20', '21 to 40', 'over 40'], horizon)
"""
FLAG_ORDER = """
    order by
        closed_at is not null,
        list_position(['critical', 'warning', 'info'], severity) nulls last,
        list_position(['broken', 'drifting', 'error'], kind) nulls last,
        closed_at desc,
        period_start desc,
        flag_id
"""
# One row per metric, flag and grain; how many scopes and which periods.
WITHHELD = """
    select
        metric,
        withheld_by_flag_id as flag_id,
        grain,
        count(distinct period_start) as periods,
        min(period_start) as first_start,
        max(period_end) as last_end,
        bool_or(scope = 'all') as is_overall,
        string_agg(distinct scope, ', ' order by scope) filter (where scope != 'all') as scopes
    from kpi.fct_kpi_values
    where trust = 'withheld'
    group by metric, withheld_by_flag_id, grain
    order by
        metric,
        flag_id,
        list_position(['fiscal_year', 'fiscal_quarter', 'month', 'week', 'day'], grain)
"""
STAGES = """
    select stage, kind, marketing_owner, sales_owner, label_en, label_ja
    from funnel.dim_stages
    where kind != 'lost'
    order by position
"""
ENTRIES = """
    select
        stage,
        count(distinct entity_id) as entered,
        count(*) filter (where exit_type = 'advanced') as advanced,
        count(*) filter (where exit_type = 'open') as open,
        count(*) filter (where exit_type = 'lost') as lost
    from funnel.fct_stage_entries
    where entered_date between $first and $last
    group by stage
"""
COHORTS = """
    select cohort_month, from_stage, to_stage, horizon_days, n, n_mature, rate, n_effective, status
    from funnel.fct_cohort_conversions
    where scope = 'all' and cohort_month <= $last
    order by from_stage, to_stage, cohort_month
"""
LOADS = """
    select
        source,
        object,
        count(*) filter (where status = 'loaded') as files,
        count(*) filter (where status = 'duplicate_delivery') as duplicates,
        count(*) filter (where status = 'refused') as refused,
        count(*) filter (where status = 'held') as held,
        coalesce(sum(rows_in), 0) as rows_in,
        coalesce(sum(rows_loaded), 0) as rows_loaded,
        coalesce(sum(rows_unchanged), 0) as rows_unchanged,
        coalesce(sum(rows_quarantined), 0) as rows_quarantined,
        coalesce(sum(rows_deleted), 0) as rows_deleted,
        list(struct_pack(file_name := file_name, message := message) order by file_name)
            filter (where status in ('refused', 'held')) as refusals
    from load.load_log
    group by source, object
    order by source, object
"""
QUARANTINE = """
    select source, object, column_name, reason, count(*) as row_count
    from load.quarantine
    group by all
    order by row_count desc, source, object, column_name, reason
    limit 20
"""
CHECKS = """
    select
        layer,
        count(*) filter (where status = 'passed') as passed,
        count(*) filter (where status = 'failed') as failed,
        count(*) filter (where status = 'errored') as errored
    from load.check_results
    group by layer
    order by list_position(['raw', 'funnel', 'kpi'], layer) nulls last, layer
"""
