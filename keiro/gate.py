"""What the results of the checks allow: publish, publish with errors shown, or keep the old."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from keiro.errors import ExitCode, KeiroError

if TYPE_CHECKING:
    from keiro.checks import CheckResult

SHOWN = 10


def stop_publication(results: Sequence["CheckResult"], language: str = "en") -> None:
    """Raise where a critical check failed (CHECKS_FAILED) or crashed (CHECKS_ERRORED).

    A critical check that could not be computed guards nothing, so what it guards stays as it
    was. Other crashed checks are published and shown, and make the run end with an error.
    """
    critical = [result for result in results if result.severity == "critical"]
    if failed := [result for result in critical if result.status == "failed"]:
        raise KeiroError(
            f"{len(failed)} critical findings; the last publication stays\n  "
            + _list(failed, language),
            remedy=_remedies(failed, language),
            exit_code=ExitCode.CHECKS_FAILED,
        )
    if errored := [result for result in critical if result.status == "errored"]:
        raise KeiroError(
            f"{len(errored)} critical checks could not be computed; the last publication stays\n  "
            + _list(errored, language),
            remedy="correct the suite or what it reads; `keiro check` repeats the checks",
            exit_code=ExitCode.CHECKS_ERRORED,
        )
    if not results:
        raise KeiroError(
            "no check was run, so nothing says that the numbers can be believed",
            where="expectations/",
            remedy="keep at least one suite there; the last publication stays",
            exit_code=ExitCode.CHECKS_ERRORED,
        )


def raise_for_results(results: Sequence["CheckResult"], language: str = "en") -> None:
    """For `keiro check`: raise as above, and also where a check that is not critical crashed."""
    stop_publication(results, language)
    if errored := [result for result in results if result.status == "errored"]:
        raise KeiroError(
            f"{len(errored)} checks could not be computed\n  " + _list(errored, language),
            remedy="correct the suite or what it reads",
            exit_code=ExitCode.CHECKS_ERRORED,
        )


def count_checks(results: Sequence["CheckResult"]) -> dict[str, Any]:
    """For the manifest: how many checks passed, and the ids of those that did not."""
    by_status: dict[str, set[str]] = {"passed": set(), "failed": set(), "errored": set()}
    for result in results:
        by_status[result.status].add(result.check_id)
    return {
        "passed": len(by_status["passed"] - by_status["failed"] - by_status["errored"]),
        "failed": sorted(by_status["failed"]),
        "errored": sorted(by_status["errored"]),
    }


def _list(results: Sequence["CheckResult"], language: str) -> str:
    lines = [
        f"{r.check_id} ({r.subject}): {(r.detail_ja if language == 'ja' else r.detail_en) or ''}"
        for r in results[:SHOWN]
    ]
    if len(results) > SHOWN:
        lines.append(f"and {len(results) - SHOWN} more")
    return "\n  ".join(lines)


def _remedies(results: Sequence["CheckResult"], language: str) -> str:
    texts = [(r.remedy_ja if language == "ja" else r.remedy_en) or "" for r in results]
    return " / ".join(dict.fromkeys(text for text in texts if text)) or "`keiro check` shows them"
