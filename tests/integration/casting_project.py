"""A dbt project of casts only: the shipped macros and profile, a model with a row for each case."""

import json
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path

import duckdb

from tests.conftest import PROJECT, run_command

Case = tuple[str, str | None]  # a call of a macro on `x`, and the text in x

PROJECT_YML = """
name: casting
profile: keiro
config-version: 2
model-paths: [models]
macro-paths: [macros]
flags: {send_anonymous_usage_stats: false}
vars:
  as_of: "2026-09-30"
  business_timezone: Asia/Tokyo
  minimum_denominator: 10
  sources: {crm: [cast_failures]}
  source_options: {crm: {date_order: dmy, timezone: Europe/Berlin, decimal_sign: ","}}
models: {casting: {+materialized: table, staging: {+materialized: view}}}
"""
# A view, as the shipped staging models are: it keeps the name of the function only.
STAGING = """
select
    {{ source_date('crm', 'day') }} as closed_date,
    {{ source_timestamp('crm', 'created') }} as created_at,
    {{ parse_amount('cost', source_option('crm', 'decimal_sign')) }} as cost_amount,
    {{ clean_text("'㈱アクメ'") }} as customer,
    day, created, cost, 'crm/deals.csv' as _file_name, row_number as _row_number
from read_json('{{ project_root }}/rows.json', columns={
    'row_number': 'bigint', 'day': 'varchar', 'created': 'varchar', 'cost': 'varchar'
})
"""
FAILURES = """
{{ cast_failures('crm', 'deals', ref('stg_crm__deals'), {
    'day': 'closed_date', 'created': 'created_at', 'cost': 'cost_amount'
}) }}
"""
SHIPPED = ("marts/load/cast_counts.sql", "marts/load/cast_failures.sql")


def build_casts(
    folder: Path, cases: Iterable[Case], rows: Iterable[Mapping[str, str | None]]
) -> Path:
    """Cast the cases and the rows of one export by `dbt build`; the path of the database.

    `main.casts` has call, x and value, all text; the rows have the columns day, created and cost.
    """
    named = [{"call": call, "text": text} for call, text in cases]
    numbered = [{"row_number": number, **row} for number, row in enumerate(rows, start=1)]
    (folder / "models/staging").mkdir(parents=True)
    (folder / "cases.json").write_text(json.dumps(named), encoding="utf-8")
    (folder / "rows.json").write_text(json.dumps(numbered), encoding="utf-8")
    (folder / "dbt_project.yml").write_text(PROJECT_YML, encoding="utf-8")
    (folder / "macros").symlink_to(PROJECT / "macros")
    shutil.copy(PROJECT / "profiles.yml", folder)
    for model in SHIPPED:
        (folder / "models" / model).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(PROJECT / "models" / model, folder / "models" / model)
    models = {
        "casts": _casts(folder, sorted({call for call, _ in cases})),
        "staging/stg_crm__deals": STAGING.replace("{{ project_root }}", str(folder)),
        "int_cast_failures_from_crm": FAILURES,
    }
    for name, sql in models.items():
        (folder / "models" / f"{name}.sql").write_text(sql, encoding="utf-8")
    database = folder / "keiro.duckdb"
    places = {"project-dir": "", "profiles-dir": "", "target-path": "target", "log-path": "logs"}
    options = [text for name, place in places.items() for text in (f"--{name}", folder / place)]
    run_command(
        ["dbt", "build", *options],
        env={"KEIRO_WAREHOUSE": database},
        cwd=folder,
    )
    return database


def _casts(folder: Path, calls: list[str]) -> str:
    """A model that applies to each text of `cases.json` the call that stands beside it."""
    source = f"read_json('{folder}/cases.json', columns={{'call': 'varchar', 'text': 'varchar'}})"
    branches = [
        f"select call, x, cast({{{{ {call} }}}} as varchar) as value from cases "
        f"where call = {literal}"
        for call in calls
        for literal in ["'" + call.replace("'", "''") + "'"]
    ]
    head = f"with cases as materialized (select call, text as x from {source})\n"
    return head + "\nunion all\n".join(branches)


def read(database: Path, sql: str) -> list[tuple[object, ...]]:
    with duckdb.connect(str(database), read_only=True) as con:
        return con.execute(sql).fetchall()
