"""The same inputs and the same as-of date give the same tables, however they are built."""

import shutil
from pathlib import Path

import pytest

from tests.conftest import run_command, workplace
from tests.e2e.conftest import FreshClone, PublishedDemo
from tests.e2e.contents import contents


@pytest.fixture
def copied(demo: PublishedDemo, tmp_path: Path) -> dict[str, Path]:
    """The demo's work database and publications in a place of their own."""
    env = workplace(tmp_path, demo.exports)
    env["KEIRO_WAREHOUSE"].parent.mkdir()
    shutil.copy(demo.warehouse, env["KEIRO_WAREHOUSE"])
    shutil.copytree(demo.published, env["KEIRO_PUBLISHED_DIR"], symlinks=True)
    shutil.copytree(demo.target, env["KEIRO_TARGET_DIR"])
    return env


def test_a_second_run_finds_nothing_new(demo: PublishedDemo, copied: dict[str, Path]) -> None:
    before = sorted(copied["KEIRO_PUBLISHED_DIR"].iterdir())
    done = run_command(["keiro", "run"], env=copied)
    assert "nothing new" in (done.stdout + done.stderr).lower()
    assert sorted(copied["KEIRO_PUBLISHED_DIR"].iterdir()) == before
    assert contents(copied["KEIRO_WAREHOUSE"], ("raw",)) == contents(demo.warehouse, ("raw",))


def test_building_again_changes_no_table(clone: FreshClone, tmp_path: Path) -> None:
    again = clone.copy(tmp_path / "keiro").folder
    run_command(["keiro", "run", "--force"], cwd=again)
    first, second = (
        folder / "published" / "current" / "keiro.duckdb" for folder in (clone.folder, again)
    )
    schemas = ("funnel", "kpi", "load")
    assert second.resolve().parent.name != first.resolve().parent.name
    assert contents(second, schemas) == contents(first, schemas)
