"""Three states of a check, and what each of them allows."""

from datetime import UTC, date, datetime
from typing import Literal

import pytest

from keiro.checks import CheckResult
from keiro.errors import ExitCode, KeiroError
from keiro.gate import count_checks, raise_for_results, stop_publication


def found(
    check: str,
    status: Literal["passed", "failed", "errored"],
    severity: Literal["critical", "warning", "info"],
) -> CheckResult:
    return CheckResult(
        run_at=datetime(2026, 10, 1, tzinfo=UTC),
        as_of=date(2026, 9, 30),
        suite="raw",
        layer="raw",
        check_id=check,
        subject="crm/leads.csv",
        metric=None,
        scope=None,
        period_start=None,
        period_end=None,
        status=status,
        severity=severity,
        cause="pipeline",
        owner="sales",
        observed="0",
        detail_en=f"{check} is wrong.",
        detail_ja=f"{check} が不正です。",
        remedy_en="Mend it.",
        remedy_ja="直してください。",
        unexpected_count=1,
        element_count=1,
    )


PASSED = found("raw.a", "passed", "critical")


@pytest.mark.parametrize(
    "results",
    [
        [PASSED],
        [PASSED, found("raw.b", "failed", "warning")],
        [PASSED, found("raw.b", "failed", "info")],
        [PASSED, found("raw.b", "errored", "warning")],
    ],
)
def test_what_is_published(results: list[CheckResult]) -> None:
    stop_publication(results)


@pytest.mark.parametrize(
    ("results", "code"),
    [
        ([PASSED, found("raw.b", "failed", "critical")], ExitCode.CHECKS_FAILED),
        ([PASSED, found("raw.b", "errored", "critical")], ExitCode.CHECKS_ERRORED),
        (
            [found("raw.b", "errored", "critical"), found("raw.c", "failed", "critical")],
            ExitCode.CHECKS_FAILED,
        ),
        ([], ExitCode.CHECKS_ERRORED),
    ],
)
def test_what_keeps_the_last_publication(results: list[CheckResult], code: ExitCode) -> None:
    with pytest.raises(KeiroError) as caught:
        stop_publication(results)
    assert caught.value.exit_code == code


def test_the_reason_is_in_the_readers_language() -> None:
    failed = [found("raw.b", "failed", "critical")]
    with pytest.raises(KeiroError) as caught:
        stop_publication(failed, "ja")
    assert "raw.b (crm/leads.csv): raw.b が不正です。" in str(caught.value)
    assert caught.value.remedy == "直してください。"


def test_a_check_alone_ends_with_an_error_where_any_check_crashed() -> None:
    raise_for_results([PASSED, found("raw.b", "failed", "warning")])
    with pytest.raises(KeiroError) as caught:
        raise_for_results([PASSED, found("raw.b", "errored", "info")])
    assert caught.value.exit_code == ExitCode.CHECKS_ERRORED


def test_a_check_with_several_findings_counts_once() -> None:
    results = [PASSED, *[found("raw.b", "failed", "warning")] * 3, found("c", "errored", "info")]
    assert count_checks(results) == {"passed": 1, "failed": ["raw.b"], "errored": ["c"]}
