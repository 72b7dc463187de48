"""What a recorded run leaves on the server beside its states: progress, KPIs and flags.

Only counts, names of files, models and metrics: no rows, no personal data.
"""

import time
from contextvars import ContextVar, copy_context
from threading import Lock
from typing import Any
from uuid import UUID

from prefect.artifacts import (
    create_markdown_artifact,
    create_progress_artifact,
    create_table_artifact,
    update_progress_artifact,
)
from prefect.logging import get_run_logger

from keiro.console import kpi_cells, kpi_columns, word
from keiro.progress import Reporter, Silent
from keiro.publish import Publication
from keiro.report.labels import Lang, text
from keiro.report.labels import word as word_of
from keiro.status import Status

# The terminal of a `keiro run` listens too; a served run has none.
terminal: ContextVar[Reporter] = ContextVar("terminal", default=Silent())  # noqa: B039
UPDATE_SECONDS = 2.0


class FlowReporter:
    """Tells the server and the terminal; a progress artifact for each step that has parts."""

    def __init__(self, language: Lang) -> None:
        """Labels are in `language`."""
        self._language = language
        self._artifact: UUID | None = None
        self._updated = 0.0
        self._task = copy_context()
        self._one_at_a_time = Lock()

    def begin(self, step: str) -> None:
        """Remember the step's task: dbt reports from threads of its own, which know of none."""
        terminal.get().begin(step)
        self._artifact = None
        self._task = copy_context()

    def advance(self, done: int, total: int, what: str) -> None:
        """Move the step's progress artifact, at most every two seconds."""
        with self._one_at_a_time:
            self._task.run(self._advance, done, total, what)

    def _advance(self, done: int, total: int, what: str) -> None:
        terminal.get().advance(done, total, what)
        now = time.monotonic()
        if done < total and now - self._updated < UPDATE_SECONDS:
            return
        self._updated = now
        share = 100.0 * done / total if total else 100.0
        if self._artifact is None:
            self._artifact = create_progress_artifact(share, description=f"{done} / {total}")  # type: ignore[assignment]
        else:
            update_progress_artifact(self._artifact, share, description=f"{done} / {total}")

    def end(self, step: str, seconds: float) -> None:
        """Log how long the step took."""
        terminal.get().end(step, seconds)
        get_run_logger().info("%s: %.1f s", word(self._language, step), seconds)


def leave_summary(state: Status, language: Lang) -> None:
    """The table of KPIs and the open flags, as artifacts of the running task."""
    create_table_artifact(kpi_rows(state, language), key="kpis", description=_title(state))
    create_markdown_artifact(_flags(state, language), key="flags", description=_title(state))


def kpi_rows(state: Status, language: Lang) -> list[dict[str, Any]]:
    """The KPIs as the terminal shows them, by column."""
    names = kpi_columns(language)
    return [dict(zip(names, kpi_cells(row, language), strict=True)) for row in state.kpis]


def _flags(state: Status, language: Lang) -> str:
    lines = [text(language, "flags_open", n=str(len(state.flags))), ""]
    for row in state.flags:
        severity = word_of(language, "severity", row["severity"])
        lines.append(f"- **{severity}** {row[f'detail_{language}'] or row['subject']}")
    return "\n".join(lines)


def _title(state: Status) -> str:
    publication: Publication = state.publication
    return f"{publication.version}, as of {publication.manifest['as_of']}"
