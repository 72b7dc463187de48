"""Suites run by Great Expectations inside DuckDB, on small warehouses of the real shape."""

import re
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import duckdb_engine
import pytest
from checks_warehouse import FAULTS, build

from keiro.checks import (
    Check,
    CheckResult,
    KpiRange,
    Suite,
    Text,
    load_suites,
    run_suites,
    write_results,
)
from keiro.checks.dialect import ReadOnlyDialect
from keiro.errors import ExitCode, KeiroError
from keiro.gate import raise_for_results, stop_publication

AS_OF = date(2026, 9, 30)
SHIPPED = Path(__file__).parents[2] / "expectations"
KPIS = [
    KpiRange("mqls", 0, None, "count", "marketing-ops", "daily"),
    KpiRange("win_share", 0, 1, "share", "sales-ops", "monthly"),
    KpiRange("visits", 0, None, "count", "web-marketing", "day"),
    KpiRange("average_deal_value", 0, None, "JPY", "head-of-sales", "month"),
    KpiRange("cost", 0, None, "JPY", "web-marketing", "day"),
]


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("good") / "keiro.duckdb")


@pytest.fixture
def fetched(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Counts the rows that leave the database."""
    counts: list[int] = []
    connect = ReadOnlyDialect.connect

    class Counting:
        def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
            self._con = con

        def __getattr__(self, name: str) -> Any:
            found = getattr(self._con, name)
            if name not in ("fetchall", "fetchmany", "fetchone"):
                return found

            def counted(*args: Any) -> Any:
                rows = found(*args)
                counts.append(1 if name == "fetchone" else len(rows))
                return rows

            return counted

    def counting(self: ReadOnlyDialect, *args: Any, **kwargs: Any) -> Any:
        wrapper = connect(self, *args, **kwargs)
        return duckdb_engine.ConnectionWrapper(Counting(wrapper._ConnectionWrapper__c))

    monkeypatch.setattr(ReadOnlyDialect, "connect", counting)
    return counts


def own(expect: str, table: str = "funnel.fct_sessions", **more: Any) -> Suite:
    check = Check(
        id="own.check",
        table=table,
        expect=expect,
        kwargs=more.pop("kwargs", {}),
        severity=more.pop("severity", "critical"),
        cause="pipeline",
        owner="me",
        detail=Text(en="{subject} {observed}", ja="{subject} {observed}"),
        remedy=Text(en="mend", ja="直す"),
        **more,
    )
    return Suite(suite="own", layer="raw", description="own", checks=[check])


def run(path: Path, *suites: Suite) -> list[CheckResult]:
    return run_suites(path, list(suites), [], as_of=AS_OF)


def test_a_good_warehouse_passes_every_shipped_check_and_stays_where_it_is(
    good: Path, fetched: list[int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    seen: list[tuple[int, int, str]] = []
    suites = load_suites(SHIPPED)
    results = run_suites(good, suites, KPIS, as_of=AS_OF, progress=lambda *step: seen.append(step))
    assert {r.status for r in results} == {"passed"}, [r for r in results if r.status != "passed"]
    raise_for_results(results)
    assert len(results) == sum(len(s.checks) for s in suites) + 2 * len(KPIS)
    assert seen[-1][0] == seen[-1][1] == len(seen) - 1
    # Push-down: 60,000 rows are checked, and only counts and column names are fetched.
    assert 0 < sum(fetched) < 600
    assert list(tmp_path.iterdir()) == [], "no file is left behind"
    assert [file.name for file in good.parent.iterdir()] == ["keiro.duckdb"]


def test_each_shipped_check_fires_on_its_fault(tmp_path: Path, fetched: list[int]) -> None:
    suites = load_suites(SHIPPED)
    ids = {check.id for suite in suites for check in suite.checks}
    assert ids == set(FAULTS), "each shipped check has its fault here"
    path = build(tmp_path / "bad.duckdb", *FAULTS.values())
    results = run_suites(path, suites, KPIS, as_of=AS_OF)
    failed = {r.check_id for r in results if r.status == "failed"}
    assert not [r for r in results if r.status == "errored"]
    assert failed >= ids, ids - failed
    for result in results:
        if result.status == "failed":
            texts = [result.detail_en, result.detail_ja, result.remedy_en, result.remedy_ja]
            assert all(texts)
            assert not re.search(r"[{}]|None|–", "".join(map(str, texts))), texts
            assert result.cause
            assert result.owner
    assert sum(fetched) < 1500
    values = [r for r in results if r.check_id == "funnel.stage_values_mapped"]
    assert [r.subject for r in values] == [
        'crm.stage = "Solution Review"',
        'crm.stage = "Evangelist"',
    ]
    assert (values[0].period_start, values[0].period_end) == (date(2026, 9, 1), date(2026, 9, 2))
    assert values[0].unexpected_count == 9
    [skipped] = [r for r in results if r.check_id == "raw.no_day_skipped"]
    assert (skipped.period_start, skipped.period_end) == (date(2026, 7, 20), date(2026, 7, 21))
    [late] = [r for r in results if r.check_id == "raw.deliveries_arrive"]
    assert (late.period_start, late.period_end) == (date(2026, 9, 19), AS_OF)
    [amounts] = [r for r in results if r.check_id == "funnel.won_deals_have_an_amount"]
    assert amounts.metric == "average_deal_value"


def test_a_value_out_of_range_names_metric_scope_and_the_finest_period(tmp_path: Path) -> None:
    path = build(
        tmp_path / "range.duckdb",
        """update intermediate.int_kpi_values_computed set value = 1.5
        where metric = 'win_share' and scope = 'channel=email' and (
            (grain = 'day' and period_start between '2026-03-02' and '2026-03-04')
            or (grain = 'day' and period_start = '2026-03-20')
            or (grain = 'month' and period_start in ('2026-03-01', '2026-06-01'))
        )""",
        "delete from intermediate.int_kpi_values_computed where metric = 'mqls'",
    )
    results = run_suites(path, [], KPIS, as_of=AS_OF)
    outside = [r for r in results if r.check_id == "kpi.win_share.range"]
    assert [(r.period_start, r.period_end) for r in outside] == [
        (date(2026, 3, 2), date(2026, 3, 4)),
        (date(2026, 3, 20), date(2026, 3, 20)),
        (date(2026, 6, 1), date(2026, 6, 30)),
    ]
    assert {(r.metric, r.scope, r.cause, r.severity, r.owner) for r in outside} == {
        ("win_share", "channel=email", "instrumentation", "warning", "sales-ops")
    }
    assert [r.status for r in results if r.check_id == "kpi.mqls.present"] == ["failed"]
    assert [r.status for r in results if r.check_id == "kpi.mqls.range"] == ["passed"]
    stop_publication(results)  # a broken KPI is withheld, it does not stop the publication


ERRORS = {
    "missing table": own(
        "expect_table_row_count_to_equal", "funnel.fct_sesions", kwargs={"value": 1}
    ),
    "missing column": own("expect_column_values_to_be_unique", kwargs={"column": "nope"}),
    "wrong argument": own("expect_column_values_to_be_unique", kwargs={"colum": "session_id"}),
    "broken query": own(
        "unexpected_rows_expectation",
        kwargs={"unexpected_rows_query": "select * from {batch} where sesion_id = 'x@y.jp'"},
    ),
    "failing cast": own(
        "unexpected_rows_expectation",
        kwargs={"unexpected_rows_query": "select * from {batch} where session_id::int > 0"},
    ),
    "failing cast to a date": own(
        "unexpected_rows_expectation",
        kwargs={
            "unexpected_rows_query": "select * from {batch}"
            " where (session_id || ' O''B')::date > date '2020-01-01'"
        },
    ),
}


@pytest.mark.parametrize("name", ERRORS)
def test_a_check_that_crashes_is_an_error_and_stops_no_other(good: Path, name: str) -> None:
    fine = own("expect_column_values_to_be_unique", kwargs={"column": "session_id"})
    fine = fine.model_copy(update={"suite": "fine"})
    results = run(good, ERRORS[name], fine)
    assert [(r.suite, r.status) for r in results] == [("own", "errored"), ("fine", "passed")]
    with pytest.raises(KeiroError, match=r"1 critical checks could not be computed") as raised:
        stop_publication(results)
    assert raised.value.exit_code is ExitCode.CHECKS_ERRORED
    assert "own.check" in str(raised.value)
    harmless = [replace(result, severity="warning") for result in results]
    stop_publication(harmless)
    with pytest.raises(KeiroError, match=r"1 checks could not be computed"):
        raise_for_results(harmless)
    assert results[0].cause is None
    assert results[0].detail_en
    assert not re.search(r"\bs\d|O'B|@", str(results[0])), "values stay in the database"
    if name == "missing table":
        assert "did you mean funnel.fct_sessions" in str(results[0].observed)


def test_a_flag_query_that_crashes_keeps_the_failure_and_adds_an_error(good: Path) -> None:
    suite = own(
        "expect_table_row_count_to_equal", kwargs={"value": 1}, flag_sql="select nope from {batch}"
    )
    results = run(good, suite)
    assert [r.status for r in results] == ["failed", "errored"]
    with pytest.raises(KeiroError, match="1 critical findings") as raised:
        stop_publication(results)
    assert raised.value.exit_code is ExitCode.CHECKS_FAILED


def test_many_findings_are_cut_off_and_counted(good: Path) -> None:
    suite = own(
        "expect_table_row_count_to_equal",
        kwargs={"value": 1},
        flag_sql="select session_id as subject from {batch} order by 1",
    )
    results = run(good, suite)
    assert len(results) == 51
    assert "49950 more" in str(results[-1].detail_en)


def test_dates_follow_as_of_and_conditions_are_pushed_down(good: Path, fetched: list[int]) -> None:
    suite = own(
        "expect_column_max_to_be_between",
        "intermediate.int_kpi_values_computed",
        kwargs={
            "column": "period_start",
            "min_value": "{as_of}",
            "max_value": "{as_of + 1}",
            "row_condition": 'col("grain") == "day"',
        },
    )
    assert [r.status for r in run(good, suite)] == ["passed"]
    late = run_suites(good, [suite], [], as_of=date(2026, 10, 2))
    assert [r.status for r in late] == ["failed"]
    assert late[0].observed == "2026-09-30"
    assert sum(fetched) < 100


def test_results_replace_what_was_there_in_one_transaction(tmp_path: Path) -> None:
    path = build(tmp_path / "write.duckdb")
    results = run(path, own("expect_table_row_count_to_equal", kwargs={"value": 1}))
    with duckdb.connect(str(path)) as con:  # the check has let go of the file
        write_results(con, results)
        write_results(con, results)
        rows = con.execute(
            "select check_id, status, severity, as_of, subject from raw.keiro__check_results"
        ).fetchall()
        assert rows == [("own.check", "failed", "critical", AS_OF, "funnel.fct_sessions")]
        broken = [*results, replace(results[0], as_of="no day")]  # type: ignore[arg-type]
        with pytest.raises(duckdb.Error):
            write_results(con, broken)
        assert con.execute("select count(*) from raw.keiro__check_results").fetchall() == [(1,)]
        write_results(con, [])
        assert con.execute("select count(*) from raw.keiro__check_results").fetchall() == [(0,)]


def test_a_commit_that_fails_is_reported_as_what_it_was() -> None:
    with duckdb.connect() as con:
        con.execute("create schema raw; create table raw.keiro__check_results (check_id text)")

        class Failing:
            """A connection whose commit fails as on a full disk: it rolls back, then raises."""

            def execute(self, sql: str) -> None:
                if sql == "commit":
                    con.execute("rollback")
                    raise duckdb.IOException("no space left")
                con.execute(sql)

        with pytest.raises(duckdb.IOException, match="no space left"):
            write_results(Failing(), [])  # type: ignore[arg-type]


def test_a_refused_file_without_a_hash_is_found(tmp_path: Path) -> None:
    path = build(
        tmp_path / "refused.duckdb",
        """insert into raw.keiro__load_log
            (source, object, file_name, content_hash, status, message)
        values ('web', 'events', 'web/locked.csv', null, 'refused', 'cannot be read'),
            ('web', 'events', 'web/loaded.csv', md5('2026-07-01 00:00:00'),
                'refused', 'bad name')""",
    )
    results = run_suites(path, load_suites(SHIPPED), [], as_of=AS_OF)
    found = [r for r in results if r.check_id == "raw.files_accepted"]
    assert [(r.status, r.subject) for r in found] == [("failed", "web/locked.csv")]


def test_a_warehouse_that_is_absent_or_held_is_said(tmp_path: Path) -> None:
    suite = own("expect_table_row_count_to_equal", kwargs={"value": 1})
    with pytest.raises(KeiroError, match="no warehouse"):
        run(tmp_path / "nowhere.duckdb", suite)
    path = build(tmp_path / "held.duckdb")
    with duckdb.connect(str(path)), pytest.raises(KeiroError, match="cannot be opened"):
        run(path, suite)


def test_no_results_are_no_pass(good: Path) -> None:
    assert run(good) == []
    with pytest.raises(KeiroError, match="no check was run") as raised:
        stop_publication([])
    assert raised.value.exit_code is ExitCode.CHECKS_ERRORED


def test_a_check_on_metrics_that_a_project_does_not_have_is_left_out(good: Path) -> None:
    suites = [
        own("expect_table_row_count_to_be_between", kwargs={"min_value": 1}, metrics=["visits"])
    ]
    assert len(run_suites(good, suites, KPIS, as_of=AS_OF)) == 1 + 2 * len(KPIS)
    others = [kpi for kpi in KPIS if kpi.metric != "visits"]
    assert len(run_suites(good, suites, others, as_of=AS_OF)) == 2 * len(others)
