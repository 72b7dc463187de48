"""Killed at any step, a run leaves the publication as it was and the next run makes it whole."""

import multiprocessing
import os
import shutil
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest
from pipeline_project import stand_in_page, write_leads, write_project

import keiro.publish
from keiro.pipeline import run_pipeline
from keiro.progress import Silent
from keiro.publish import current
from keiro.settings import Settings

# Children are forked with the libraries imported, or each run would import them for seconds.
FORK = multiprocessing.get_context("fork")


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
    import keiro.report

    keiro.report.write_report = die
    run_pipeline(settings)


def die_before_the_flip(settings: Settings) -> None:
    keiro.publish._flip = die
    run_pipeline(settings)


def die_before_the_sweep(settings: Settings) -> None:
    keiro.publish.sweep_versions = die
    run_pipeline(settings)


def die_at(step: str, part: int) -> Callable[[Settings], Any]:
    return lambda settings: run_pipeline(settings, reporter=KillAt(step, part))


KILLS: dict[str, Callable[[Settings], Any]] = {
    "before the second file": die_at("load", 2),
    "after the second table": die_at("build", 2),
    "before the first check": die_at("check", 1),
    "after the first flag": die_at("flag", 1),
    "while writing the page": die_while_writing_the_page,
    "before the flip": die_before_the_flip,
}


def in_child(action: Callable[[Settings], Any], settings: Settings) -> int | None:
    child = FORK.Process(target=action, args=(settings,))
    child.start()
    child.join(120)
    return child.exitcode


@pytest.fixture(scope="module")
def libraries() -> None:
    import great_expectations  # noqa: F401

    import keiro.checks.running  # noqa: F401

    stand_in_page()


def tables(settings: Settings) -> dict[str, Any]:
    publication = current(settings.path(settings.published_dir))
    assert publication is not None
    manifest: dict[str, Any] = publication.manifest["tables"]
    return manifest


@pytest.mark.usefixtures("libraries")
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


@pytest.mark.usefixtures("libraries")
def test_killed_after_the_flip_all_is_published_and_nothing_is_new(tmp_path: Path) -> None:
    settings = write_project(tmp_path)

    assert in_child(die_before_the_sweep, settings) == -signal.SIGKILL
    first = current(settings.path(settings.published_dir))
    assert first is not None
    assert in_child(run_pipeline, settings) == 0

    assert current(settings.path(settings.published_dir)) == first


@pytest.mark.usefixtures("libraries")
def test_loading_everything_twice_changes_no_table(tmp_path: Path) -> None:
    settings = write_project(tmp_path)
    assert in_child(run_pipeline, settings) == 0
    first = tables(settings)
    shutil.rmtree(tmp_path / "published")
    assert in_child(run_pipeline, settings) == 0

    assert tables(settings) == first
    write_leads(tmp_path, "2026-09", 401, 701)
    assert in_child(run_pipeline, settings) == 0
    assert tables(settings)["funnel.fct_leads"]["rows"] == 701
