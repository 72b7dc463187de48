"""A whole project of a few tables, so that a run of every real step takes seconds.

One source of leads, one funnel table, one metric, one check; the page is a stand-in because the
report has tests of its own.
"""

import sys
from pathlib import Path
from types import ModuleType
from typing import Any

from keiro.settings import Settings, load_settings

FILES = {
    "dbt_project.yml": """
name: mini
version: "1.0.0"
profile: mini
model-paths: [models]
macro-paths: [macros]
flags: {send_anonymous_usage_stats: false}
vars: {as_of: "2026-09-30", business_timezone: Asia/Tokyo, fiscal_year_start_month: 4}
models: {mini: {+materialized: table}}
""",
    "profiles.yml": """
mini:
  target: local
  outputs:
    local: {type: duckdb, path: "{{ env_var('KEIRO_WAREHOUSE') }}", threads: 1}
""",
    "macros/generate_schema_name.sql": """
{% macro generate_schema_name(name, node) %}{{ name or target.schema }}{% endmacro %}
""",
    "models/_crm__sources.yml": """
sources:
  - name: crm
    schema: raw
    description: Leads.
    tables:
      - name: leads
        identifier: crm__leads
        description: One row per lead.
        config:
          meta:
            files: ["leads_*.csv"]
            format: csv
            mode: append
            primary_key: [lead_id]
            encodings: [utf-8]
            owner: sales
        columns:
          - {name: lead_id, description: Key., config: {meta: {required: true}}}
          - {name: created, description: Day., config: {meta: {required: true}}}
  - name: keiro
    schema: raw
    description: Keiro's own.
    tables:
      - {name: load_log, identifier: keiro__load_log, description: Files.}
      - {name: check_results, identifier: keiro__check_results, description: Results.}
""",
    "models/fct_leads.sql": """
{{ config(schema='funnel') }}
select cast(lead_id as integer) as lead_id, cast(created as date) as created_date
from {{ source('crm', 'leads') }}
""",
    "models/fct_leads.yml": """
models:
  - name: fct_leads
    description: One row per lead.
    agg_time_dimension: created_date
    semantic_model: {name: leads}
    columns:
      - name: lead_id
        description: The lead's key.
        entity: {type: primary, name: lead}
        data_tests: [unique]
      - name: created_date
        description: The day it came.
        granularity: day
        dimension: {type: time}
    metrics:
      - name: leads
        type: simple
        agg: count
        expr: lead_id
        label: Leads
        description: All leads.
        config:
          meta:
            role: kgi
            owner: sales
            unit: count
            direction: up
            cadence: day
            label_ja: リード
            description_ja: すべてのリード。
            range: {min: 0}
  - name: dim_dates
    description: One row per day.
    time_spine: {standard_granularity_column: date_day}
    columns:
      - {name: date_day, description: The day., granularity: day}
""",
    "models/dim_dates.sql": """
{{ config(schema='funnel') }}
select cast(range as date) as date_day, date '2026-04-01' as fiscal_year,
    isodow(range) < 6 as is_business_day
from range(timestamp '2026-08-01', timestamp '2026-10-01', interval 1 day)
""",
    "models/dim_stages.sql": """
{{ config(schema='funnel') }}
select 'lead' as stage, 1 as position, 'open' as kind, 'web' as marketing_owner,
    'sales' as sales_owner, 'Lead' as label_en, 'リード' as label_ja
""",
    "models/int_kpi_values_computed.sql": """
{{ config(schema='intermediate') }}
select 'leads' as metric, 'month' as grain, date_trunc('month', created_date)::date as period_start,
    'all' as scope, cast(count(*) as double) as value
from {{ ref('fct_leads') }}
group by all
""",
    "models/dim_kpis.sql": """
{{ config(schema='kpi') }}
select 'leads' as metric, 'kgi' as role, 'sales' as owner, 'count' as unit, 'up' as direction,
    'count' as kind, 'Leads' as label_en, 'リード' as label_ja, 'All leads.' as description,
    'すべてのリード。' as description_ja,
    'count(lead_id)' as formula, null::varchar as parent_metric
""",
    "models/fct_kpi_flags.sql": """
{{ config(schema='kpi') }}
select check_id as flag_id, subject, metric, scope, period_start, period_end, 'broken' as kind,
    cause, severity, owner, detail_en, detail_ja, remedy_en, remedy_ja,
    as_of::timestamp as first_seen_at, null::timestamp as closed_at
from {{ source('keiro', 'check_results') }}
where status = 'failed'
""",
    "models/fct_kpi_values.sql": """
{{ config(schema='kpi') }}
select *, last_day(period_start) as period_end, value as n, 'final' as status,
    case when exists (from {{ ref('fct_kpi_flags') }}) then 'drifting' else 'ok' end as trust,
    null::varchar as withheld_by_flag_id, date '{{ var("as_of") }}' as as_of
from {{ ref('int_kpi_values_computed') }}
""",
    "models/fct_kpi_status.sql": """
{{ config(schema='kpi') }}
select * exclude (value, n, status), 400 as target, value as actual, value / 400 as attainment,
    1.0 as expected_share, value / 400 as pace_index,
    case when value >= 400 then 'reached' else 'behind' end as status
from {{ ref('fct_kpi_values') }}
""",
    "models/load_log.sql": """
{{ config(schema='load') }}
select * from {{ source('keiro', 'load_log') }}
""",
    "expectations/funnel.yml": """
suite: funnel
layer: funnel
description: Leads.
checks:
  - id: funnel.leads_exist
    table: funnel.fct_leads
    expect: expect_table_row_count_to_be_between
    kwargs: {min_value: 1}
    severity: critical
    cause: pipeline
    owner: sales
    detail: {en: There are no leads., ja: リードがありません。}
    remedy: {en: Load the leads., ja: 読み込んでください。}
""",
}


def write_project(folder: Path) -> Settings:
    """Write the project and two export files; its settings, with retries that do not wait."""
    for name, text in FILES.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text.lstrip(), encoding="utf-8")
    write_leads(folder, "2026-08", 1, 400)
    write_leads(folder, "2026-09", 401, 700)
    return load_settings(project_dir=folder, io_retry_seconds=0.0)


def write_leads(folder: Path, month: str, first: int, last: int) -> None:
    """Write one export of leads, spread over the first 28 days of the month."""
    exports = folder / "exports"
    exports.mkdir(exist_ok=True)
    rows = [f"{key},{month}-{key % 28 + 1:02d}" for key in range(first, last + 1)]
    text = "\n".join(["lead_id,created", *rows]) + "\n"
    (exports / f"leads_{month}.csv").write_text(text, encoding="utf-8")


def stand_in_page(monkeypatch: Any = None) -> None:
    """Replace the report by one line; for good where no `monkeypatch` undoes it."""
    page = ModuleType("keiro.report")

    def write_report(database: Path, page_file: Path, *, language: str) -> None:
        page_file.write_text(f"{database.name} {language}", encoding="utf-8")

    page.write_report = write_report  # type: ignore[attr-defined]
    if monkeypatch is None:
        sys.modules["keiro.report"] = page
    else:
        monkeypatch.setitem(sys.modules, "keiro.report", page)
