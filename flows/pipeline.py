"""The pipeline as a Prefect flow: the steps of `keiro.pipeline`, each a task.

Tasks retry faults of input and output only; what a person has to mend fails at once and says
why in its state. The verdict comes from what the steps found, never from states.
"""

from contextvars import ContextVar
from datetime import date
from typing import Any, Literal, cast

from prefect import Task, flow, task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State
from prefect.states import Completed

from flows.reporting import FlowReporter, leave_summary, terminal
from keiro import pipeline
from keiro.errors import KeiroError
from keiro.pipeline import is_io_fault, nothing_new, timed
from keiro.progress import Reporter
from keiro.run import Run, RunResult, open_run
from keiro.settings import Settings, load_settings
from keiro.status import read_status

# What a `keiro run` in this process is to show although the flow's run fails for its checks.
outcomes: ContextVar[list[RunResult] | None] = ContextVar("outcomes", default=None)


def _is_io_fault(_task: Any, _run: Any, state: State[Any]) -> bool:
    return isinstance(state.data, BaseException) and is_io_fault(state.data)


# Tasks hand over one `Run` in this process: there is nothing to cache or to persist.
HERE: dict[str, Any] = {"cache_policy": NO_CACHE, "persist_result": False}


@task(name="preflight", **HERE)
def preflight(run: Run) -> None:
    """Validate sources, suites, metrics and targets before anything is touched."""
    timed(pipeline.preflight, run)


@task(name="load", retry_condition_fn=_is_io_fault, **HERE)
def load(run: Run) -> None:
    """Load new and changed files into raw."""
    timed(pipeline.load, run)


@task(name="build", **HERE)
def build(run: Run) -> None:
    """Build and test all models that do not need the checks' results."""
    timed(pipeline.build, run)


@task(name="check", **HERE)
def check(run: Run) -> None:
    """Run the expectation suites; a critical failure ends the run here."""
    timed(pipeline.check, run)


@task(name="flag", **HERE)
def flag(run: Run) -> None:
    """Build flags, trust and status from what the checks found."""
    timed(pipeline.flag, run)


@task(name="publish", retry_condition_fn=_is_io_fault, **HERE)
def publish(run: Run) -> None:
    """Publish a new version and leave its KPIs and flags beside the run."""
    timed(pipeline.publish, run)
    leave_summary(read_status(run.published_dir), run.settings.language)


@flow(name="keiro", persist_result=False, validate_parameters=True)
def keiro_pipeline(
    project_dir: str = ".",
    as_of: date | Literal["yesterday"] | None = None,
    language: Literal["en", "ja"] | None = None,
    force: bool = False,
) -> State[RunResult]:
    """Exports in, trusted KPIs out. Fails, with the reason, where nothing could be published."""
    settings = load_settings(project_dir=project_dir, as_of=as_of, language=language)
    with open_run(settings, force=force, reporter=FlowReporter(settings.language)) as run:
        preflight(run)
        _patient(load, settings)(run)
        if not nothing_new(run):
            build(run)
            check(run)
            flag(run)
            _patient(publish, settings)(run)
        outcome = pipeline.result(run)
    return _verdict(outcome)


def run_recorded(settings: Settings, *, force: bool, reporter: Reporter) -> RunResult:
    """Run the flow in this process, recorded by the API that the environment names.

    Raises what its steps raised. Where checks could not be computed although all was published,
    the flow's run has failed and the outcome is handed back all the same: it says so itself.
    """
    token = terminal.set(reporter)
    ended: list[RunResult] = []
    kept = outcomes.set(ended)
    try:
        outcome = keiro_pipeline(
            project_dir=str(settings.project_dir.resolve()),
            as_of=settings.as_of,
            language=settings.language,
            force=force,
        )
    except KeiroError:
        if not ended:
            raise
        return ended[0]
    finally:
        outcomes.reset(kept)
        terminal.reset(token)
    return cast(RunResult, outcome)


def _patient(step: Task[[Run], None], settings: Settings) -> Task[[Run], None]:
    return step.with_options(
        retries=settings.io_retries, retry_delay_seconds=settings.io_retry_seconds
    )


def _verdict(outcome: RunResult) -> State[RunResult]:
    """Completed with what was published; raises where a check could not be computed."""
    ended = outcomes.get()
    if ended is not None:
        ended.append(outcome)
    outcome.raise_for_checks()
    words = "published" if outcome.is_new else "nothing new, current is"
    return Completed(message=f"{words} {outcome.publication.version}", data=outcome)
