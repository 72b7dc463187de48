"""A small published database in plain SQL: the columns of the contract, and rows of a test."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import duckdb

AS_OF = "2026-09-30"
TABLES = """
create schema funnel;
create schema kpi;
create schema load;
create table kpi.dim_kpis (
    metric varchar, role varchar, owner varchar, unit varchar, direction varchar, cadence varchar,
    kind varchar, label_en varchar, label_ja varchar, description varchar, description_ja varchar,
    formula varchar,
    parent_metric varchar, numerator_metric varchar, denominator_metric varchar,
    range_min double, range_max double, definition_hash varchar
);
create table kpi.fct_kpi_values (
    kpi_value_id varchar, metric varchar, grain varchar, period_start date, period_end date,
    scope varchar, value double, numerator double, denominator double, n bigint, status varchar,
    trust varchar, withheld_by_flag_id varchar, unit varchar, definition_hash varchar, as_of date
);
create table kpi.fct_kpi_status (
    kpi_status_id varchar, metric varchar, scope varchar, grain varchar, period_start date,
    period_end date, target double, actual double, attainment double, expected_share double,
    pace_index double, trust varchar, status varchar, as_of date, business_share double,
    forecast double, forecast_lower double, forecast_upper double, p_hit double,
    forecast_reason varchar, coverage double, coverage_required double
);
create table kpi.fct_kpi_backtest_scores (
    metric varchar, horizon varchar, n bigint, coverage double, brier double,
    brier_run_rate double, status varchar
);
create table kpi.fct_kpi_flags (
    flag_id varchar, subject varchar, metric varchar, scope varchar, period_start date,
    period_end date, kind varchar, cause varchar, severity varchar, owner varchar,
    detail_en varchar, detail_ja varchar, remedy_en varchar, remedy_ja varchar,
    first_seen_at timestamp, closed_at timestamp
);
create table funnel.dim_dates (
    date_day date, week_start date, month_start date, fiscal_quarter date, fiscal_half date,
    fiscal_year date, iso_weekday integer, is_business_day boolean, holiday_name_en varchar,
    holiday_name_local varchar
);
create table funnel.dim_stages (
    stage varchar, position integer, kind varchar, is_imputed boolean, marketing_owner varchar,
    sales_owner varchar, sla_days integer, entry_evidence varchar, label_en varchar,
    label_ja varchar
);
create table funnel.fct_stage_entries (
    stage_entry_id varchar, entity_id varchar, stage varchar, spell integer, entered_at timestamp,
    entered_date date, exited_at timestamp, exit_type varchar, channel varchar,
    is_inferred boolean, is_date_only boolean, is_out_of_order boolean
);
create table funnel.fct_cohort_conversions (
    cohort_id varchar, cohort_month date, from_stage varchar, to_stage varchar, scope varchar,
    horizon_days integer, n bigint, converted bigint, n_at_risk bigint, n_mature bigint,
    plain_rate double, rate double, rate_lower double, rate_upper double, maturity double,
    status varchar, n_effective double
);
create table funnel.fct_stage_velocities (
    stage_pair varchar, from_stage varchar, to_stage varchar, scope varchar, horizon_days integer,
    n bigint, p25_days bigint, median_days bigint, p75_days bigint, status varchar
);
create table funnel.fct_stage_ages (
    stage_age_id varchar, stage_pair varchar, from_stage varchar, is_ageing boolean
);
create table funnel.fct_handover_outcomes (
    cohort_month date, scope varchar, outcome varchar, rejection_reason varchar, n_outcome bigint,
    n_in_time bigint, n_due bigint, n bigint, status varchar
);
create table funnel.fct_opportunity_origins (
    opportunity_id varchar, closed_date date, amount decimal(18, 2), is_won boolean,
    is_sourced_by_lead_source boolean, is_sourced_by_first_touch boolean,
    is_sourced_by_touch_before_creation boolean, is_influenced_before_creation boolean,
    is_influenced_before_close boolean, is_unattributed boolean
);
create table load.load_log (
    source varchar, object varchar, file_name varchar, content_hash varchar, format varchar,
    encoding varchar, rows_in bigint, rows_loaded bigint, rows_unchanged bigint,
    rows_quarantined bigint, rows_skipped_preamble bigint, rows_deleted bigint, status varchar,
    message varchar, load_seq bigint, loaded_at timestamptz
);
create table load.quarantine (
    source varchar, object varchar, file_name varchar, content_hash varchar, row_number bigint,
    column_name varchar, reason varchar, loaded_at timestamptz
);
create table load.check_results (
    run_at timestamptz, as_of date, suite varchar, layer varchar, check_id varchar,
    subject varchar, metric varchar, scope varchar, period_start date, period_end date,
    status varchar, severity varchar, cause varchar, owner varchar, observed varchar,
    detail_en varchar, detail_ja varchar, remedy_en varchar, remedy_ja varchar,
    unexpected_count bigint, element_count bigint
);
"""
# Weekdays are business days; the fiscal year begins in April.
DATES = """
insert into funnel.dim_dates (date_day, fiscal_year, is_business_day)
select
    cast(d as date),
    make_date(year(d) - case when month(d) < 4 then 1 else 0 end, 4, 1),
    isodow(d) <= 5
from range(timestamp '2024-04-01', timestamp '2028-04-01', interval 1 day) as days (d)
"""
YEAR = {"grain": "fiscal_year", "period_start": "2026-04-01", "period_end": "2027-03-31"}
LAST_YEAR = {"grain": "fiscal_year", "period_start": "2025-04-01", "period_end": "2026-03-31"}


def month(start: str, end: str) -> dict[str, str]:
    """The columns of a month."""
    return {"grain": "month", "period_start": start, "period_end": end}


class ReportDatabase:
    """A published database under construction. Columns that a row does not name are null."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.file = folder / "keiro.duckdb"
        with duckdb.connect(str(self.file)) as con:
            con.execute(TABLES)

    def insert(self, table: str, rows: Iterable[dict[str, Any]]) -> "ReportDatabase":
        with duckdb.connect(str(self.file)) as con:
            for row in rows:
                marks = ", ".join("?" for _ in row)
                con.execute(
                    f"insert into {table} ({', '.join(row)}) values ({marks})", list(row.values())
                )
        return self

    def calendar(self) -> "ReportDatabase":
        with duckdb.connect(str(self.file)) as con:
            con.execute(DATES)
        return self

    def kpi(self, metric: str, role: str = "driver", **columns: Any) -> "ReportDatabase":
        row = {
            "metric": metric,
            "role": role,
            "owner": "field-sales",
            "unit": "count",
            "direction": "up",
            "kind": "count",
            "label_en": metric.replace("_", " ").capitalize(),
            "label_ja": f"{metric}の日本語名",
            "description": f"What {metric} counts.",
            "description_ja": f"{metric}が数えるもの。",
            "formula": f"count({metric})",
        }
        return self.insert("kpi.dim_kpis", [row | columns])

    def value(self, metric: str, **columns: Any) -> "ReportDatabase":
        row = {"scope": "all", "status": "final", "trust": "ok", "as_of": AS_OF, "n": 100}
        return self.insert("kpi.fct_kpi_values", [row | {"metric": metric} | columns])

    def target(self, metric: str, **columns: Any) -> "ReportDatabase":
        row = YEAR | {"scope": "all", "trust": "ok", "as_of": AS_OF}
        return self.insert("kpi.fct_kpi_status", [row | {"metric": metric} | columns])

    def flag(self, flag_id: str, **columns: Any) -> "ReportDatabase":
        row = {
            "scope": "all",
            "period_start": "2026-09-01",
            "period_end": AS_OF,
            "kind": "broken",
            "cause": "pipeline",
            "severity": "critical",
            "owner": "marketing-ops",
            "first_seen_at": "2026-09-02 00:00:00",
        }
        return self.insert("kpi.fct_kpi_flags", [row | {"flag_id": flag_id} | columns])


def small_company(folder: Path) -> ReportDatabase:
    """A KGI on its pace, a main KPI behind, a drifting rate, a withheld one, two stages."""
    base = ReportDatabase(folder).calendar()
    base.kpi("won_revenue", "kgi", unit="JPY", kind="amount", label_en="Won revenue")
    base.kpi("won_deals", "main", parent_metric="won_revenue")
    base.kpi("mql_to_won_60d", unit="ratio", kind="rate", parent_metric="won_deals")
    base.kpi("follow_up_rate", unit="ratio", kind="rate", parent_metric="won_deals")
    base.kpi("cost_per_mql", "guardrail", unit="JPY", kind="ratio", direction="down")
    base.value("won_revenue", **YEAR, value=120e6, status="provisional")
    base.value("won_deals", **YEAR, value=40, status="provisional")
    base.value(
        "mql_to_won_60d", **YEAR, value=0.1234, n=420, status="provisional", trust="drifting"
    )
    base.value("follow_up_rate", **YEAR, trust="withheld", withheld_by_flag_id="lost")
    base.value("cost_per_mql", **YEAR, value=3000, status="provisional")
    base.target(
        "won_revenue",
        target=240e6,
        actual=120e6,
        attainment=0.5,
        expected_share=0.4,
        pace_index=1.25,
        status="on_track",
    )
    base.target(
        "won_deals",
        target=120,
        actual=40,
        attainment=1 / 3,
        expected_share=0.5,
        pace_index=2 / 3,
        status="behind",
    )
    base.target("cost_per_mql", target=2400, actual=3000, attainment=1.25, status="behind")
    base.value("won_revenue", **month("2026-08-01", "2026-08-31"), value=30e6)
    base.value("won_revenue", **month("2026-09-01", "2026-09-30"), value=20e6)
    base.value("mql_to_won_60d", **month("2026-07-01", "2026-07-31"), value=0.2)
    base.value("mql_to_won_60d", **month("2026-08-01", "2026-08-31"), value=0.1, trust="drifting")
    base.value(
        "mql_to_won_60d", **month("2026-09-01", "2026-09-30"), value=1, n=2, status="insufficient"
    )
    for day, amount in (("2026-04-01", 50e6), ("2026-06-30", 70e6)):
        base.value("won_revenue", grain="day", period_start=day, period_end=day, value=amount)
    base.flag(
        "lost",
        subject="seminars",
        metric="follow_up_rate",
        detail_en="The lists were not delivered.",
        detail_ja="リストが届いていません。",
        remedy_en="Deliver them.",
        remedy_ja="届けてください。",
    )
    base.flag(
        "fall",
        subject="mql_to_won_60d",
        metric="mql_to_won_60d",
        kind="drifting",
        cause="business",
        severity="warning",
        detail_en="It fell from 20 % to 10 %.",
    )
    base.flag(
        "past", subject="ga4.events", detail_en="An old story.", closed_at="2026-09-10 00:00:00"
    )
    base.insert(
        "funnel.dim_stages",
        [
            {"stage": "mql", "position": 1, "kind": "open", "label_en": "MQL", "label_ja": "MQL"},
            {"stage": "won", "position": 2, "kind": "won", "label_en": "Won", "label_ja": "受注"},
            {
                "stage": "lost",
                "position": 9,
                "kind": "lost",
                "label_en": "Lost",
                "label_ja": "失注",
            },
        ],
    )
    entry = {"spell": 1, "entered_date": "2026-05-01"}
    base.insert(
        "funnel.fct_stage_entries",
        [
            *(
                entry | {"entity_id": f"p{i}", "stage": "mql", "exit_type": exit_type}
                for i, exit_type in enumerate(("advanced", "open", "open", "lost"))
            ),
            entry | {"entity_id": "p0", "stage": "won", "exit_type": "open"},
            # The year before is another year's business.
            entry
            | {
                "entity_id": "old",
                "stage": "mql",
                "exit_type": "lost",
                "entered_date": "2026-03-31",
            },
        ],
    )
    base.insert(
        "funnel.fct_cohort_conversions",
        [
            {
                "cohort_month": "2026-04-01",
                "from_stage": "mql",
                "to_stage": "won",
                "scope": "all",
                "horizon_days": 60,
                "n": 420,
                "n_mature": 420,
                "rate": 0.1234,
                "status": "final",
            }
        ],
    )
    base.insert(
        "load.load_log",
        [
            {
                "source": "crm",
                "object": "deals",
                "file_name": "crm/deals.csv",
                "rows_in": 1200,
                "rows_loaded": 1150,
                "rows_unchanged": 47,
                "rows_quarantined": 3,
                "status": "loaded",
            },
            *(
                {
                    "source": "crm",
                    "object": "deals",
                    "file_name": f"crm/{name}.csv",
                    "status": status,
                    "message": message,
                }
                for name, status, message in (
                    ("page", "refused", "the file is HTML"),
                    ("short", "held", "it lacks 900 of 1,200 rows"),
                )
            ),
        ],
    )
    base.insert(
        "load.check_results",
        [
            {"as_of": AS_OF, "layer": layer, "status": status}
            for layer, status in (("raw", "passed"), ("raw", "failed"), ("kpi", "errored"))
        ],
    )
    return base
