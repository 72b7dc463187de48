"""The demo company, written, loaded and published once for all end-to-end tests."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.conftest import run_command, workplace


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
