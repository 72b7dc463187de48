"""MetricFlow's own command line is the answer key to the numbers that are published."""

import csv
from pathlib import Path

import duckdb
import pytest

from tests.conftest import linked_project, run_command
from tests.e2e.conftest import PublishedDemo

METRICS = [
    "won_revenue",
    "won_deals",
    "average_deal_value",
    "mqls",
    "mql_to_sal_30d",
    "won_per_closed",
    "cost_per_lead",
    "open_pipeline",
    "seminar_follow_up_rate",
    "won_per_created_180d",
    "sales_velocity_180d",
    "answered_per_mql_in_sla",
    "cac_paid",
]


@pytest.mark.parametrize(
    ("grain", "entity"), [("month", None), ("fiscal_quarter", None), ("fiscal_year", "channel")]
)
def test_mf_query_gives_the_same_numbers(
    grain: str, entity: str | None, demo: PublishedDemo, tmp_path: Path
) -> None:
    """Compared before anything is withheld, wherever MetricFlow has a value."""
    answer = tmp_path / "answer.csv"
    group_by = f"metric_time__{grain}" + (f",{entity}" if entity else "")
    run_command(
        ["mf", "query", "--metrics", ",".join(METRICS), "--group-by", group_by, "--csv", answer],
        env={**demo.env, "DBT_LOG_PATH": tmp_path},
        cwd=linked_project(tmp_path, demo.target),
    )
    with duckdb.connect(str(demo.warehouse), read_only=True) as con:
        ours = {
            (metric, str(start), scope): value
            for metric, start, scope, value in con.execute(
                """
                select metric, period_start, scope, value
                from intermediate.int_kpi_values_computed where grain = ?
                """,
                [grain],
            ).fetchall()
        }
    compared = 0
    with answer.open(encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            start = row[f"metric_time__{grain}"][:10]
            scope = f"channel={row['channel']}" if entity else "all"
            for metric in METRICS:
                if row[metric] not in {"", "nan", "None"} and start <= "2026-09-30":
                    assert ours[metric, start, scope] == pytest.approx(float(row[metric]), rel=1e-9)
                    compared += 1
    assert compared >= 20
