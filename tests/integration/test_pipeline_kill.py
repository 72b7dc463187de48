"""Killed at any step, a run leaves the publication as it was and the next run makes it whole."""

import multiprocessing
import os
import signal
from collections.abc import Callable
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

import duckdb
from pipeline_project import stand_in_page, write_project

import keiro.publish
from keiro.pipeline import run_pipeline
from keiro.progress import Silent
from keiro.publish import current
from keiro.settings import Settings

# Each run is a process of its own, forked from a clean one that has imported the libraries once.
FORK = multiprocessing.get_context("forkserver")
FORK.set_forkserver_preload(["dbt.cli.main", "great_expectations", "keiro.checks.running"])


class KillAt(Silent):
    """Kills its own process when the step reports its n-th part."""

    def __init__(self, step: str, part: int) -> None:
        self._wanted = step
        self._left = part
        self._step = ""

    def begin(self, step: str) -> None:
        self._step = step

    def advance(self, done: int, total: int, what: str) -> None:
        del done, total, what
        if self._step == self._wanted:
            self._left -= 1
            if self._left == 0:
                die()


def die(*_: Any, **__: Any) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def die_while_writing_the_page(settings: Settings) -> None:
    import_module("keiro.report").write_report = die  # type: ignore[attr-defined]
    run_pipeline(settings)


def die_before_the_flip(settings: Settings) -> None:
    keiro.publish._flip = die
    run_pipeline(settings)


def die_before_the_sweep(settings: Settings) -> None:
    keiro.publish.sweep_versions = die
    run_pipeline(settings)


def die_at(settings: Settings, step: str, part: int) -> None:
    run_pipeline(settings, reporter=KillAt(step, part))


KILLS: dict[str, Callable[[Settings], Any]] = {
    "before the second file": partial(die_at, step="load", part=2),
    "after the second table": partial(die_at, step="build", part=2),
    "before the first check": partial(die_at, step="check", part=1),
    "after the first flag": partial(die_at, step="flag", part=1),
    "while writing the page": die_while_writing_the_page,
    "before the flip": die_before_the_flip,
}


def with_stand_in_page(action: Callable[[Settings], Any], settings: Settings) -> None:
    stand_in_page()
    action(settings)


def in_child(action: Callable[[Settings], Any], settings: Settings) -> int | None:
    child = FORK.Process(target=with_stand_in_page, args=(action, settings))
    child.start()
    child.join(120)
    if child.exitcode is None:
        child.kill()
    return child.exitcode


def tables(settings: Settings) -> dict[str, Any]:
    publication = current(settings.path(settings.published_dir))
    assert publication is not None
    manifest: dict[str, Any] = publication.manifest["tables"]
    return manifest


def test_killed_at_every_step_the_next_run_publishes_the_same(tmp_path: Path) -> None:
    whole = write_project(tmp_path / "whole")
    assert in_child(run_pipeline, whole) == 0
    killed = write_project(tmp_path / "killed")
    september = tmp_path / "killed" / "exports" / "leads_2026-09.csv"
    delivered = september.read_text()
    september.unlink()
    assert in_child(run_pipeline, killed) == 0
    before = current(killed.path(killed.published_dir))
    assert before is not None
    september.write_text(delivered)

    for place, kill in KILLS.items():
        assert in_child(kill, killed) == -signal.SIGKILL, place
        now = current(killed.path(killed.published_dir))
        assert now == before, place
        with duckdb.connect(str(now.database), read_only=True) as con:
            assert con.execute("select count(*) from funnel.fct_leads").fetchone() == (400,)

    assert in_child(run_pipeline, killed) == 0
    assert tables(killed) == tables(whole)
    left = sorted(path.name for path in killed.path(killed.published_dir).iterdir())
    assert not [name for name in left if name.startswith(".draft-")]


def test_killed_after_the_flip_all_is_published_and_nothing_is_new(tmp_path: Path) -> None:
    settings = write_project(tmp_path)

    assert in_child(die_before_the_sweep, settings) == -signal.SIGKILL
    first = current(settings.path(settings.published_dir))
    assert first is not None
    assert in_child(run_pipeline, settings) == 0

    assert current(settings.path(settings.published_dir)) == first
