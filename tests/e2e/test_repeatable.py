"""The same inputs and the same as-of date give the same tables, however they are built."""

import shutil
from pathlib import Path

import duckdb
import pytest

from tests.conftest import run_command, workplace
from tests.e2e.conftest import PublishedDemo

BUILT = ("funnel", "kpi")
# When a check ran is a fact about the run and not about the data.
CLOCK = {"load.check_results": "run_at"}


def _contents(database: Path, schemas: tuple[str, ...]) -> dict[str, tuple[int, str]]:
    """Rows and an order-free hash of each table."""
    with duckdb.connect(str(database), read_only=True) as con:
        tables = con.execute(
            "select schema_name || '.' || table_name from duckdb_tables()"
            " where list_contains($schemas, schema_name) order by all",
            {"schemas": list(schemas)},
        ).fetchall()
        return {table: _content(con, table) for (table,) in tables}


def _content(con: duckdb.DuckDBPyConnection, table: str) -> tuple[int, str]:
    columns = f"* exclude ({CLOCK[table]})" if table in CLOCK else "*"
    return con.execute(
        f"""
        select count(*), md5(string_agg(row_hash, '' order by row_hash))
        from (select md5(r::varchar) as row_hash from (select {columns} from {table}) as r)
        """
    ).fetchone()


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
    assert _contents(copied["KEIRO_WAREHOUSE"], ("raw",)) == _contents(demo.warehouse, ("raw",))


def test_building_again_changes_no_table(demo: PublishedDemo, copied: dict[str, Path]) -> None:
    run_command(["keiro", "run", "--force"], env=copied)
    published = copied["KEIRO_PUBLISHED_DIR"] / "current" / "keiro.duckdb"
    schemas = (*BUILT, "load")
    assert published.resolve().parent.name != demo.database.resolve().parent.name
    assert _contents(published, schemas) == _contents(demo.database, schemas)


def test_dbt_build_alone_builds_every_table(demo: PublishedDemo, copied: dict[str, Path]) -> None:
    with duckdb.connect(str(copied["KEIRO_WAREHOUSE"])) as con:
        for schema in ("staging", "intermediate", "seeds", "load", *BUILT):
            con.execute(f"drop schema {schema} cascade")
    target = copied["KEIRO_TARGET_DIR"]
    run_command(["dbt", "build", "--target-path", target, "--log-path", target], env=copied)
    built = _contents(copied["KEIRO_WAREHOUSE"], (*BUILT, "load"))
    assert len(built) >= 18
    assert built == _contents(demo.warehouse, (*BUILT, "load"))
