"""Suites are read strictly: what is misspelt is named, with its file, check and remedy."""

import re
from pathlib import Path

import pytest

from keiro.checks import KpiRange, load_suites
from keiro.checks.kpis import kpi_suite
from keiro.errors import KeiroError

SHIPPED = Path(__file__).parents[2] / "expectations"
SUITE = """
suite: own
layer: raw
description: One check.
checks:
  - id: own.filled
    table: raw.crm__people
    expect: expect_column_values_to_not_be_null
    kwargs: {column: email}
    severity: warning
    cause: instrumentation
    owner: marketing-ops
    detail: {en: "{unexpected_count} without e-mail", ja: "{unexpected_count}件にメールなし"}
    remedy: {en: Ask the form's owner., ja: フォーム担当へ。}
"""


def load(folder: Path, text: str) -> list[object]:
    (folder / "own.yml").write_text(text, encoding="utf-8")
    return list(load_suites(folder))


def test_the_shipped_suites_load() -> None:
    suites = load_suites(SHIPPED)
    assert {suite.layer for suite in suites} >= {"raw", "funnel", "kpi"}
    ids = [check.id for suite in suites for check in suite.checks]
    assert len(ids) == len(set(ids))


def test_a_good_suite_loads(tmp_path: Path) -> None:
    assert len(load(tmp_path, SUITE)) == 1


MISTAKES = {
    "unknown key": ("    owner:", "    ownr: x\n    owner:", "'ownr' is unknown"),
    "missing owner": ("    owner: marketing-ops\n", "", "'owner' is missing"),
    "unknown type": ("values_to_not_be_null", "values_not_null", "did you mean 'expect_column"),
    "unknown severity": ("severity: warning", "severity: high", "got 'high'"),
    "unknown cause": ("cause: instrumentation", "cause: magic", "got 'magic'"),
    "no schema": ("raw.crm__people", "crm__people", "got 'crm__people'"),
    "one language": (", ja: フォーム担当へ。", "", "'ja' is missing"),
    "unknown placeholder": ("{unexpected_count} without", "{email} without", "{email} is no"),
    "query elsewhere": (
        "expect: expect_column_values_to_not_be_null\n    kwargs: {column: email}",
        "expect: unexpected_rows_expectation\n    kwargs: {unexpected_rows_query: select 1}",
        "must read from {batch}",
    ),
    "flags that write": (
        "    severity:",
        "    flag_sql: delete from raw.crm__people\n    severity:",
        "must be one select",
    ),
    "rows of no query": (
        "    severity:",
        "    flag_sql: unexpected_rows_query\n    severity:",
        "has no such query",
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_named_with_its_file_and_check(tmp_path: Path, mistake: str) -> None:
    before, after, said = MISTAKES[mistake]
    assert before in SUITE
    with pytest.raises(KeiroError, match=re.escape(said)) as caught:
        load(tmp_path, SUITE.replace(before, after))
    assert "own.yml" in str(caught.value)
    assert "own.filled" in str(caught.value)
    assert caught.value.remedy


def test_a_check_id_stands_once(tmp_path: Path) -> None:
    check = SUITE.split("checks:\n")[1]
    with pytest.raises(KeiroError, match=r"'own\.filled' is used twice"):
        load(tmp_path, SUITE + check)


def test_a_suite_name_stands_once(tmp_path: Path) -> None:
    (tmp_path / "also.yml").write_text(SUITE, encoding="utf-8")
    with pytest.raises(KeiroError, match=r"'own' is taken by also\.yml"):
        load(tmp_path, SUITE)


@pytest.mark.parametrize("text", ["suite: [", "just words", "- a list"])
def test_what_is_no_suite_is_said(tmp_path: Path, text: str) -> None:
    with pytest.raises(KeiroError, match=r"own\.yml"):
        load(tmp_path, text)


def test_a_missing_folder_is_said(tmp_path: Path) -> None:
    with pytest.raises(KeiroError, match="no folder of expectations"):
        load_suites(tmp_path / "nowhere")


def test_a_new_metric_is_checked_without_another_line() -> None:
    suite = kpi_suite([KpiRange("meetings", 0, 40, "count", "sales", "weekly")])
    assert suite is not None
    assert [check.id for check in suite.checks] == ["kpi.meetings.present", "kpi.meetings.range"]
    assert {check.owner for check in suite.checks} == {"sales"}
    assert kpi_suite([]) is None
    unbounded = kpi_suite([KpiRange("balance", None, None, "JPY", "finance", "monthly")])
    assert unbounded is not None
    assert [check.id for check in unbounded.checks] == ["kpi.balance.present"]
