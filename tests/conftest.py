"""Shared by all tests: where the project is, and how its command is run."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
import pytest
from xdist.scheduler import LoadScopeScheduling

from tests.accounting import check_accounting

PROJECT = Path(__file__).parents[1]
SHARED_DATA = PROJECT.parent / "shared" / "data"
COMMANDS = Path(sys.executable).parent


# What is published once for several files, by the word that stands in each of them.
SHARED = ("PublishedDemo", "FreshClone")


class TogetherByFile(LoadScopeScheduling):  # type: ignore[misc]
    """What is costly to set up stays on one worker: the files that share it, and each file.

    By file, since pytest-xdist 3.8 finds no groups under pytest 9.2.
    """

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.split("::", maxsplit=1)[0]
        return _shared(PROJECT / file) or file


@cache
def _shared(file: Path) -> str | None:
    if file.parent.name != "e2e":
        return None
    text = file.read_text(encoding="utf-8")
    return next((name for name in SHARED if name in text), None)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> TogetherByFile:
    """For any `--dist`."""
    return TogetherByFile(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what shares something, which takes longest, then with the other whole runs."""
    order = {name: place for place, name in enumerate(SHARED)}
    items.sort(
        key=lambda item: (
            order.get(_shared(item.path), len(order)),
            item.path.parent.name != "e2e",
        )
    )


FOREIGN = ("KEIRO_", "PREFECT_")
# A table that only loading makes: other tests write a load log by hand.
HAS_LOADS = "select 1 from duckdb_tables() where table_name = 'keiro__archive_members'"
# Bound and never listened to: no server answers there, and none can be brought up there.
UNSERVED = socket.socket()
UNSERVED.bind(("127.0.0.1", 0))
PREFECT_HOME = TemporaryDirectory(prefix="keiro-tests-prefect-")


def own_environment() -> dict[str, str]:
    """The environment without settings of whoever runs the tests: no run is recorded for them."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(FOREIGN)}
    return {
        **kept,
        "PREFECT_HOME": PREFECT_HOME.name,
        "KEIRO_PORT": str(UNSERVED.getsockname()[1]),
    }


@pytest.fixture(autouse=True)
def _no_settings_of_others(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same for what tests do in their own process."""
    for name in [name for name in os.environ if name.startswith(FOREIGN)]:
        monkeypatch.delenv(name)
    for name, value in own_environment().items():
        if name.startswith(FOREIGN):
            monkeypatch.setenv(name, value)


@pytest.fixture(scope="session", autouse=True)
def _every_load_adds_up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The invariant of loading, on every work database that any test has left."""
    yield
    for database in tmp_path_factory.getbasetemp().rglob("*.duckdb"):
        con = _connected(database)
        if con is not None and con.execute(HAS_LOADS).fetchall():
            check_accounting(con)


def _connected(database: Path) -> duckdb.DuckDBPyConnection | None:
    """A connection as another one of this process allows it; none to what a test damaged."""
    for read_only in (True, False):
        with suppress(duckdb.Error):
            return duckdb.connect(str(database), read_only=read_only)
    return None


def run_command(
    command: Sequence[str | Path],
    *,
    env: Mapping[str, str | Path] | None = None,
    cwd: Path = PROJECT,
    expect: int | None = 0,
) -> subprocess.CompletedProcess[str]:
    """Run a command of the environment that the tests run in; fail with its output."""
    program = COMMANDS / command[0]
    done = subprocess.run(
        [program if program.exists() else command[0], *command[1:]],
        env={**own_environment(), **{name: str(value) for name, value in (env or {}).items()}},
        cwd=cwd,
        text=True,
        capture_output=True,
        check=False,
    )
    if expect is not None and done.returncode != expect:
        pytest.fail(f"{command} ended with {done.returncode}:\n{done.stdout}\n{done.stderr}")
    return done


def workplace(folder: Path, exports: Path | None = None) -> dict[str, Path]:
    """Settings that keep a run out of the project: everything it writes is below `folder`."""
    return {
        "KEIRO_EXPORTS_DIR": exports or folder / "exports",
        "KEIRO_WAREHOUSE": folder / "warehouse" / "keiro.duckdb",
        "KEIRO_PUBLISHED_DIR": folder / "published",
        "KEIRO_TARGET_DIR": folder / "target",
    }


def linked_project(folder: Path, target: Path) -> Path:
    """The dbt project under another folder with a target of its own: `mf` knows no other way."""
    folder.mkdir(exist_ok=True)
    for name in (
        "dbt_project.yml",
        "profiles.yml",
        "models",
        "metrics",
        "macros",
        "seeds",
        "tests",
    ):
        (folder / name).symlink_to(PROJECT / name)
    (folder / "target").symlink_to(target)
    return folder
