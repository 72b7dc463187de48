"""A project of one source whose snapshots change, with a ledger: two metrics by month."""

from pathlib import Path
from typing import Any

from pipeline_project import FILES

from keiro.settings import Settings, load_settings

CHANGED = {
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
            mode: snapshot
            extracted_at: 'leads_(\\d{4}-\\d{2}-\\d{2})\\.csv'
            primary_key: [lead_id]
            encodings: [utf-8]
            owner: sales
        columns:
          - {name: lead_id, description: Key., config: {meta: {required: true}}}
          - {name: created, description: Day., config: {meta: {required: true}}}
          - {name: amount, description: Amount.}
          - {name: merged, description: Merged in., config: {meta: {merges: true}}}
  - name: keiro
    schema: raw
    description: Keiro's own.
    tables:
      - {name: load_log, identifier: keiro__load_log, description: Files.}
      - {name: check_results, identifier: keiro__check_results, description: Results.}
      - {name: kpi_ledger, identifier: keiro__kpi_ledger, description: Ledger.}
""",
    "models/fct_leads.sql": """
{{ config(schema='funnel') }}
with leads as (
    select * from {{ source('crm', 'leads') }}
    where coalesce(_extracted_at, date '{{ var("as_of") }}') <= date '{{ var("as_of") }}'
    qualify row_number() over (
        partition by lead_id
        order by _extracted_at desc nulls last, _load_seq desc, _row_number desc
    ) = 1 and not _is_deleted
)
select cast(lead_id as integer) as lead_id, cast(created as date) as created_date,
    cast(amount as double) as amount
from leads
where lead_id not in (select merged from leads where merged is not null)
""",
    "models/dim_kpis.sql": """
{{ config(schema='kpi') }}
select metric, 'kgi' as role, 'sales' as owner, unit, 'up' as direction, kind,
    metric as label_en, metric as label_ja, metric as description, metric as description_ja,
    metric as formula, null::varchar as parent_metric
from (values ('revenue', 'JPY', 'amount'), ('big_share', 'ratio', 'rate'))
    as kpis (metric, unit, kind)
""",
    "models/int_kpi_values_computed.sql": """
{{ config(schema='intermediate') }}
with months as (
    select date_trunc('month', created_date)::date as period_start, amount
    from {{ ref('fct_leads') }}
)
select 'revenue' as metric, 'month' as grain, period_start, 'all' as scope, sum(amount) as value,
    null::double as numerator, null::double as denominator, count(*) as n
from months group by all
union all
select 'big_share', 'month', period_start, 'all', avg((amount >= {{ var('big', 100) }})::int),
    sum((amount >= {{ var('big', 100) }})::int), count(*), count(*)
from months group by all
""",
    "models/fct_kpi_values.sql": """
{{ config(schema='kpi') }}
select *, last_day(period_start) as period_end,
    case when last_day(period_start) <= date '{{ var("as_of") }}' then 'final'
        else 'provisional' end as status,
    case when exists (from {{ ref('fct_kpi_flags') }}) then 'drifting' else 'ok' end as trust,
    null::varchar as withheld_by_flag_id, 'JPY' as unit,
    case metric when 'big_share' then 'big {{ var("big", 100) }}' else 'sum' end as definition_hash,
    date '{{ var("as_of") }}' as as_of
from {{ ref('int_kpi_values_computed') }}
""",
    "models/fct_kpi_status.sql": """
{{ config(schema='kpi') }}
select * exclude (value, n, status), 400 as target, value as actual, value / 400 as attainment,
    1.0 as expected_share, value / 400 as pace_index, 'behind' as status
from {{ ref('fct_kpi_values') }}
""",
    "models/fct_kpi_ledger.sql": """
{{ config(schema='kpi', materialized='view') }}
select * from {{ source('keiro', 'kpi_ledger') }}
""",
}
# A lead's day and amount, and the lead that was merged into it.
Leads = dict[int, tuple[str, int, str]]


def write_ledger_project(folder: Path) -> None:
    """Write the project; its exports folder is empty."""
    for name, text in (FILES | CHANGED).items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text.lstrip(), encoding="utf-8")
    (folder / "exports").mkdir(exist_ok=True)


def write_snapshot(folder: Path, day: str, leads: Leads) -> None:
    """Write the snapshot of a day."""
    rows = [",".join(map(str, (key, *cells))) for key, cells in leads.items()]
    text = "\n".join(["lead_id,created,amount,merged", *rows]) + "\n"
    (folder / "exports" / f"leads_{day}.csv").write_text(text, encoding="utf-8")


def settings_with(folder: Path, **values: Any) -> Settings:
    """The project's settings after its variables were stated anew."""
    file = folder / "dbt_project.yml"
    lines = file.read_text(encoding="utf-8").splitlines()
    base = [line for line in lines if not line.startswith("vars:")]
    variables = {"business_timezone": "Asia/Tokyo", "fiscal_year_start_month": 4} | values
    inner = ", ".join(f'{name}: "{value}"' for name, value in variables.items())
    file.write_text("\n".join([*base, f"vars: {{{inner}}}"]) + "\n", encoding="utf-8")
    return load_settings(project_dir=folder, io_retry_seconds=0.0)
