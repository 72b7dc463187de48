"""Cells that cannot be read: counted for each column, shown in shape, flagged where many fail."""

from datetime import date
from pathlib import Path

import pytest

from keiro.checks import Check, CheckResult, Suite, Text, load_suites, run_suites
from tests.conftest import PROJECT
from tests.integration.casting_project import build_casts, read

# 50 rows of an export that is declared day first, with decimal commas, in Berlin's time.
ROWS: list[dict[str, str | None]] = [
    {"day": "13/04/2024", "created": "13.04.2024 09:30", "cost": "1.234,50"} for _ in range(50)
]
ROWS[0] = {"day": "－", "created": None, "cost": "--"}  # nobody meant a value
ROWS[1] = {"day": "04/13/2024", "created": "Müller 13:30", "cost": "未設定"}
for row in ROWS[2:17]:  # an export of another account: American numbers
    row["cost"] = "1,234.50"

# A project's own check may read a staging view, which calls a function that DuckDB lacks.
OWN = Suite(
    suite="own",
    layer="raw",
    description="own",
    checks=[
        Check(
            id="own.companies",
            table="staging.stg_crm__deals",
            expect="unexpected_rows_expectation",
            kwargs={
                "unexpected_rows_query": "select customer as subject from {batch} "
                "where customer like '(株)%' and _row_number = 20"
            },
            flag_sql="unexpected_rows_query",
            severity="info",
            cause="mix",
            owner="me",
            detail=Text(en="{subject}", ja="{subject}"),
            remedy=Text(en="mend", ja="直す"),
        )
    ],
)


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_casts(tmp_path_factory.mktemp("failures"), [("clean_text('x')", "x")], ROWS)


@pytest.fixture(scope="module")
def results(database: Path) -> list[CheckResult]:
    suites = [suite for suite in load_suites(PROJECT / "expectations") if suite.suite == "casts"]
    return run_suites(database, [*suites, OWN], [], as_of=date(2026, 9, 30))


def test_failed_cells_are_counted_among_those_with_a_value(database: Path) -> None:
    counts = read(
        database,
        "select column_name, cell_count, failure_count, text_shapes, severity "
        "from load.cast_counts order by column_name",
    )
    assert counts == [
        ("cost", 48, 15, "9,999.99", "critical"),
        ("created", 49, 1, "****** 99:99", "warning"),
        ("day", 49, 1, "99/99/9999", "warning"),
    ]
    listed = "select count(*), count(distinct row_number) from load.cast_failures"
    assert read(database, listed) == [(17, 16)]


def test_a_staging_view_is_read_with_the_declared_options(database: Path) -> None:
    """Another program reads the view once it has registered the function."""
    import duckdb

    from keiro.text_functions import register_text_functions

    with duckdb.connect(str(database), read_only=True) as con:
        register_text_functions(con)
        row = con.execute(
            "select closed_date::text, created_at::text, cost_amount::text "
            "from staging.stg_crm__deals where _row_number = 20"
        ).fetchall()
    assert row == [("2024-04-13", "2024-04-13 07:30:00", "1234.50")]


def test_a_column_that_fails_stops_the_publication_and_a_slip_warns(
    results: list[CheckResult],
) -> None:
    found = [(r.subject, r.severity, r.cause, r.status) for r in results]
    assert found == [
        ("crm/deals.created", "warning", "instrumentation", "failed"),
        ("crm/deals.day", "warning", "instrumentation", "failed"),
        ("crm/deals.cost", "critical", "instrumentation", "failed"),
        ("(株)アクメ", "info", "mix", "failed"),
    ]
    cost = results[2]
    assert cost.detail_en is not None
    assert cost.detail_ja is not None
    assert "15 of 48 cells" in cost.detail_en
    assert "48セル中15セル" in cost.detail_ja
    assert "source_options" in str(cost.remedy_en)
    assert "ller" not in "".join(str(r) for r in results), "no letter of a cell is shown"
