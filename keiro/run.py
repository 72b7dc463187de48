"""One run of the pipeline: what its steps share, how it ends, and that there is only one."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from keiro.dbt import BuildResult, DbtProject
from keiro.errors import ExitCode, KeiroError
from keiro.fingerprint import build_fingerprint, project_fingerprint
from keiro.lock import exclusive
from keiro.progress import Reporter, Silent
from keiro.publish import Publication, current
from keiro.settings import Settings


@dataclass
class Run:
    """What the steps of one run share: its settings and what earlier steps found out."""

    settings: Settings
    as_of: date
    force: bool
    reporter: Reporter
    project: DbtProject
    previous: Publication | None
    project_fingerprint: str
    fingerprint: str = ""
    data_hash: str = ""
    objects: Any = None
    suites: Any = None
    ranges: list[Any] | None = None
    loaded: Any = None
    builds: list[BuildResult] = field(default_factory=list)
    checks: Any = None
    publication: Publication | None = None
    seconds: dict[str, float] = field(default_factory=dict)

    @property
    def warehouse(self) -> Path:
        """The work database."""
        return self.settings.path(self.settings.warehouse)

    @property
    def published_dir(self) -> Path:
        """The folder of the published versions."""
        return self.settings.path(self.settings.published_dir)

    @property
    def target_dir(self) -> Path:
        """Where dbt writes its artifacts."""
        return self.settings.path(self.settings.target_dir)


@dataclass(frozen=True)
class RunResult:
    """How a run ended: what is published now, whether it is new, and what to look at."""

    publication: Publication
    is_new: bool
    loaded: Any
    warnings: tuple[str, ...]
    errored_checks: tuple[str, ...]
    seconds: dict[str, float]

    def raise_for_checks(self) -> None:
        """Raise KeiroError (CHECKS_ERRORED) where a check crashed although all was published."""
        if self.errored_checks:
            raise KeiroError(
                f"published {self.publication.version}, but {len(self.errored_checks)} checks "
                "could not be computed: " + ", ".join(self.errored_checks[:10]),
                remedy="`keiro check` shows each error; correct its suite and run again",
                exit_code=ExitCode.CHECKS_ERRORED,
            )


@contextmanager
def open_run(
    settings: Settings, *, force: bool = False, reporter: Reporter | None = None
) -> Iterator[Run]:
    """Hold the run's lock and give its steps something to share.

    Raises KeiroError (BUSY) where another run goes on with the same work database.
    """
    warehouse = settings.path(settings.warehouse)
    with exclusive(warehouse.with_name(warehouse.name + ".lock")):
        as_of = settings.resolved_as_of
        yield Run(
            settings=settings,
            as_of=as_of,
            force=force,
            reporter=reporter or Silent(),
            project=DbtProject(settings, as_of, "" if force else build_fingerprint(settings)),
            previous=current(settings.path(settings.published_dir)),
            project_fingerprint=project_fingerprint(settings, as_of),
        )
