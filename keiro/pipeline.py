"""The pipeline's steps as plain functions over one `Run`, and the order in which they run.

`flows/` wraps the same steps as Prefect tasks. Each step can be repeated, and a run that is
killed at any point leaves the publication as it was and the next run to do the rest.
"""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from typing import Any, TypeVar

from keiro.errors import ExitCode, KeiroError
from keiro.fingerprint import library_versions, run_fingerprint
from keiro.progress import Reporter
from keiro.publish import Publication, current
from keiro.run import Run, RunResult, open_run
from keiro.settings import Settings

Step = Callable[[Run], None]
StepWrapper = Callable[[Step, Run], None]
T = TypeVar("T")

AFTER_CHECKS = "source:keiro.check_results+"


def run_pipeline(
    settings: Settings,
    *,
    force: bool = False,
    reporter: Reporter | None = None,
    step_wrapper: StepWrapper | None = None,
) -> RunResult:
    """Run all steps in this process. Raises KeiroError where a step cannot go on."""
    do = step_wrapper or patient
    with open_run(settings, force=force, reporter=reporter) as run:
        do(preflight, run)
        do(load, run)
        if not nothing_new(run):
            do(build, run)
            do(check, run)
            do(flag, run)
            do(publish, run)
        return result(run)


def check_only(settings: Settings, reporter: Reporter | None = None) -> list[Any]:
    """Run the suites on the work database as it is; writes and publishes nothing."""
    from keiro.checks import run_suites

    with open_run(settings, reporter=reporter) as run:
        if not run.warehouse.exists():
            raise KeiroError(
                "there is no work database yet",
                where=str(run.warehouse),
                remedy="run `keiro run` first",
                exit_code=ExitCode.USAGE,
            )
        suites = _suites(settings)
        ranges = _metric_ranges(run)
        run.reporter.begin("check")
        return run_suites(
            run.warehouse, suites, ranges, as_of=run.as_of, progress=run.reporter.advance
        )


def patient(step: Step, run: Run) -> None:
    """Do one step, repeating it after faults of input and output as often as the settings say."""
    retrying(run.settings, lambda: timed(step, run))


def retrying(settings: Settings, action: Callable[[], T]) -> T:
    """The action's result; after a fault of input and output it is tried again."""
    for _ in range(settings.io_retries):
        try:
            return action()
        except Exception as error:
            if not is_io_fault(error):
                raise
            time.sleep(settings.io_retry_seconds)
    return action()


def is_io_fault(error: BaseException) -> bool:
    """Whether a second try may help: the disk or the network failed, not what was written."""
    import duckdb

    return isinstance(error, OSError | duckdb.IOException)


def timed(step: Step, run: Run) -> None:
    """Do one step, telling the reporter, and keep how long it took."""
    name = step.__name__
    run.reporter.begin(name)
    start = time.perf_counter()
    step(run)
    run.seconds[name] = time.perf_counter() - start
    run.reporter.end(name, run.seconds[name])


def preflight(run: Run) -> None:
    """Validate what people wrote (sources, suites, metrics, targets) before anything is touched.

    A project that equals the published one has been validated; then dbt is not even imported.
    """
    from keiro.ingest import read_declarations

    root = run.settings.project_dir.resolve()
    run.objects = read_declarations(root)
    run.suites = _suites(run.settings)
    if run.force or not _is_published(run, "project_fingerprint", run.project_fingerprint):
        run.ranges = _metric_ranges(run)


def load(run: Run) -> None:
    """Load new and changed files into raw; what has been loaded is recognised by its content."""
    import duckdb

    from keiro.ingest import ensure_schema, exports_folder, load_exports

    run.warehouse.parent.mkdir(parents=True, exist_ok=True)
    exports = exports_folder(
        run.settings.exports,
        run.settings.download_dir,
        trust_file_times=run.settings.trust_file_times,
    )
    with duckdb.connect(str(run.warehouse)) as con:
        ensure_schema(con, run.objects)
        run.loaded = load_exports(
            con,
            run.objects,
            exports,
            progress=run.reporter.advance,
            retry=partial(retrying, run.settings),
        )
        log = con.execute(
            "select source, object, file_name, content_hash, status, rows_in, rows_loaded, "
            "rows_quarantined, load_seq from raw.keiro__load_log order by all"
        ).fetchall()
    if not any(row[4] == "loaded" for row in log):
        raise KeiroError(
            "there is nothing to build from: no file of the declared sources could be loaded"
            + "".join(f"\n  {file.message}" for file in run.loaded.refused[:5]),
            where=exports.location,
            remedy="put exports there, or `keiro demo` writes those of an invented company",
        )
    run.fingerprint = run_fingerprint(run.project_fingerprint, log)
    run.data_hash = run_fingerprint("", log)[:16]


def nothing_new(run: Run) -> bool:
    """Whether the publication was made of exactly this, and no check of it crashed."""
    return (
        not run.force
        and _is_published(run, "fingerprint", run.fingerprint)
        and not _errored_checks(run.previous)
    )


def build(run: Run) -> None:
    """Build and test every model that does not depend on the results of the checks."""
    run.builds.append(run.project.build(exclude=[AFTER_CHECKS], on_node=run.reporter.advance))


def check(run: Run) -> None:
    """Run the expectation suites and write what they found where the models read it.

    Raises KeiroError (CHECKS_FAILED, CHECKS_ERRORED) where a critical one did not pass.
    """
    import duckdb

    from keiro.checks import run_suites, write_results
    from keiro.gate import stop_publication

    if run.ranges is None:
        run.ranges = _metric_ranges(run)
    run.checks = run_suites(
        run.warehouse, run.suites, run.ranges, as_of=run.as_of, progress=run.reporter.advance
    )
    with duckdb.connect(str(run.warehouse)) as con:
        write_results(con, run.checks)
    stop_publication(run.checks, run.settings.language)


def flag(run: Run) -> None:
    """Build what depends on the results of the checks: flags, trust and status."""
    run.builds.append(run.project.build(select=[AFTER_CHECKS], on_node=run.reporter.advance))


def publish(run: Run) -> None:
    """Make a new version of the marts the published one, with its page and the ledger's news."""
    import duckdb

    from keiro.dbt import read_descriptions
    from keiro.ledger import Edition, confirm, record
    from keiro.publish import publish as publish_version
    from keiro.report import write_report

    edition = Edition(run.as_of, datetime.now(UTC), run.data_hash)
    with duckdb.connect(str(run.warehouse)) as con:
        known_at = record(con, current(run.published_dir), edition)
    run.publication = publish_version(
        run.warehouse,
        run.published_dir,
        _facts(run) | {"known_at": known_at.isoformat()},
        fingerprint=run.fingerprint,
        descriptions=read_descriptions(run.target_dir),
        keep=run.settings.keep_versions,
        write_page=lambda database, page: write_report(
            database, page, language=run.settings.language
        ),
        now=known_at,
    )
    with duckdb.connect(str(run.warehouse)) as con:
        confirm(con, known_at)


def result(run: Run) -> RunResult:
    """What the run came to, whether it published or found nothing new."""
    publication = current(run.published_dir)
    assert publication is not None  # noqa: S101  either just published or found to be current
    return RunResult(
        publication=publication,
        is_new=run.publication is not None,
        loaded=run.loaded,
        warnings=tuple(w.node for built in run.builds for w in built.warnings),
        errored_checks=_errored_checks(publication),
        seconds=run.seconds,
    )


def _suites(settings: Settings) -> list[Any]:
    from keiro.checks import load_suites

    folders = [settings.path(folder) for folder in settings.expectations]
    return [suite for folder in folders for suite in load_suites(folder)]


def _metric_ranges(run: Run) -> list[Any]:
    """Parse the project, validate its metrics and targets, and give the metrics' ranges."""
    from keiro.checks import KpiRange
    from keiro.goals.targets import TOLERANCE
    from keiro.initiatives.plans import check_initiatives
    from keiro.semantic import check_targets, load_kpis, read_channels

    run.project.parse()
    kpis = load_kpis(run.target_dir)
    seeds = run.settings.project_dir / "seeds"
    check_targets(
        seeds / "kpi_targets.csv",
        kpis,
        channels=read_channels(seeds / "channels.csv"),
        tolerance=float(run.settings.dbt_vars.get("target_tolerance", TOLERANCE)),
    )
    check_initiatives(seeds / "initiatives.csv", kpis)
    return [
        KpiRange(
            metric=kpi.name,
            minimum=kpi.meta.range.min,
            maximum=kpi.meta.range.max,
            unit=kpi.meta.unit,
            owner=kpi.meta.owner,
            cadence=kpi.meta.cadence,
        )
        for kpi in kpis
    ]


def _is_published(run: Run, key: str, value: str) -> bool:
    return run.previous is not None and run.previous.manifest.get(key) == value


def _errored_checks(publication: Publication | None) -> tuple[str, ...]:
    checks = publication.manifest.get("checks", {}) if publication else {}
    return tuple(checks.get("errored", ()))


def _facts(run: Run) -> dict[str, Any]:
    from keiro.gate import count_checks

    return {
        "as_of": run.as_of.isoformat(),
        "project_fingerprint": run.project_fingerprint,
        "versions": library_versions(),
        "checks": count_checks(run.checks),
    }
