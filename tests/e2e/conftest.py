"""The demo company, published once at its normal size and once in a fresh copy of the project."""

import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.conftest import PROJECT, run_command, workplace


@dataclass(frozen=True)
class PublishedDemo:
    """The demo's folders after `keiro demo` and `keiro run`, and what the run printed."""

    exports: Path
    warehouse: Path
    published: Path
    target: Path
    env: dict[str, Path]
    output: str

    @property
    def database(self) -> Path:
        """The published DuckDB file."""
        return self.published / "current" / "keiro.duckdb"

    @property
    def truth(self) -> Path:
        """The simulator's truth."""
        return self.exports / "_truth"


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> PublishedDemo:
    """Two years of the demo company at its normal size, published through the command line."""
    folder = tmp_path_factory.mktemp("demo")
    env = workplace(folder)
    run_command(["keiro", "demo"], env=env)
    done = run_command(["keiro", "run"], env=env)
    return PublishedDemo(
        exports=env["KEIRO_EXPORTS_DIR"],
        warehouse=env["KEIRO_WAREHOUSE"],
        published=env["KEIRO_PUBLISHED_DIR"],
        target=env["KEIRO_TARGET_DIR"],
        env=env,
        output=done.stdout + done.stderr,
    )


@dataclass(frozen=True)
class FreshClone:
    """The project as git would hand it out, with half a year of a small demo published by `make`.

    The KPI that the README shows is added to it. It has no incidents, so that a test knows
    everything that is wrong with it.
    """

    folder: Path

    def shell(self, command: str) -> str:
        """Run a shown command as it is; what it printed."""
        # The environment is there already; -o keeps make from installing it into the tests' own.
        command = re.sub(r"^make ", "make -o .venv/.installed ", command)
        done = subprocess.run(
            ["sh", "-c", command],
            cwd=self.folder,
            text=True,
            capture_output=True,
            check=False,
        )
        assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def copy(self, folder: Path) -> "FreshClone":
        """The project with its publication in another place, to change it there."""
        return FreshClone(shutil.copytree(self.folder, folder, symlinks=True))


@pytest.fixture(scope="session")
def clone(tmp_path_factory: pytest.TempPathFactory) -> FreshClone:
    """Of the files that git has or would take, using the environment that the tests run in."""
    made = FreshClone(tmp_path_factory.mktemp("clone") / "keiro")
    listed = run_command(
        ["git", "-C", PROJECT, "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    ).stdout
    for name in listed.split("\0"):
        if name and ((PROJECT / name).is_symlink() or (PROJECT / name).is_file()):
            (made.folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(PROJECT / name, made.folder / name, follow_symlinks=False)
    (made.folder / ".venv").symlink_to(sys.prefix)
    readme = (PROJECT / "README.md").read_text(encoding="utf-8")
    (kpi,) = re.findall(r"^```yaml\n(metrics:.*?)^```", readme, re.DOTALL | re.MULTILINE)
    (made.folder / "metrics" / "readme.yml").write_text(kpi, encoding="utf-8")
    small = ["--scale", "0.3", "--start", "2026-04-01", "--incidents", "none"]
    run_command(["keiro", "demo", *small], cwd=made.folder)
    made.shell("make run")
    return made
