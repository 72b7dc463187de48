"""Is a past day computed again as it was? Twenty days of an invented company, all published tables.

The company's exports arrive day by day: snapshots in which contacts are corrected, merged and
deleted, one that comes late, after a newer one, and files that are sent again. On each day every
table of the funnel and of the KPIs is built. When all has arrived, each day is built again from the
final raw layer with `as_of` on that day. Usage: python benchmarks/replay.py [--days 20] [--seed 4]
"""

import argparse
import os
import resource
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb

PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT))

from benchmarks.company import FIRST, LAST, Company, draw_company  # noqa: E402
from benchmarks.company_files import Files, Form, export  # noqa: E402
from keiro.dbt import DbtProject  # noqa: E402
from keiro.ingest import ensure_schema, load_exports, read_declarations  # noqa: E402
from keiro.settings import load_settings  # noqa: E402
from keiro.text_functions import register_text_functions  # noqa: E402

Tables = dict[str, Counter[tuple[Any, ...]]]


def days_of(count: int) -> list[date]:
    """So many days, evenly over the company's life after its first weeks, up to its last."""
    begin = FIRST + timedelta(days=26)
    step = (LAST - begin) / count
    return [begin + step * number for number in range(1, count + 1)]


def deliveries(company: Company, days: Sequence[date]) -> Iterator[tuple[date, list[Files]]]:
    """Each day with what arrives for it, one load after the other."""
    form, before, sent = Form(), None, Files()
    for number, day in enumerate(days):
        files = export(company, day, form, before)
        loads = [files]
        if number % 3 == 1:
            # A snapshot of some days ago, after the one of today.
            late = export(company, day - timedelta(days=3), form, before)
            loads.append({path: late[path] for path in late if "all-contacts" in path})
        if number % 4 == 2:
            again = {path: sent[path] for path in sent if not path.startswith("seminars")}
            loads.append({_copied(path): again[path] for path in list(again)[:9]})
        yield day, loads
        before, sent = day, files


def _copied(path: str) -> str:
    """The name that a browser gives a file which is there already."""
    stem, _, ending = path.rpartition(".")
    return f"{stem} (1).{ending}"


class Replay:
    """The repository's own project with exports, work database and target in a folder."""

    def __init__(self, folder: Path) -> None:
        self._settings = load_settings(
            project_dir=PROJECT,
            exports_dir=folder / "exports",
            warehouse=folder / "keiro.duckdb",
            target_dir=folder / "target",
        )
        self._objects = read_declarations(PROJECT)
        self._manifest: Any = None

    def load(self, files: Files) -> None:
        """Put the files beside the others and load what is new."""
        exports = self._settings.path(self._settings.exports_dir)
        for path, content in files.items():
            (exports / path).parent.mkdir(parents=True, exist_ok=True)
            (exports / path).write_bytes(content)
        with self._connect() as con:
            ensure_schema(con, self._objects)
            refused = load_exports(con, self._objects, exports).refused
        if refused:
            raise RuntimeError("; ".join(file.message or file.file_name for file in refused))

    def computed(self, as_of: date) -> Tables:
        """Every table of the funnel and of the KPIs as of the day, by name."""
        dbt = DbtProject(self._settings, as_of)
        # Only the SQL speaks of the day, so the project is parsed once for all days.
        self._manifest = dbt._manifest = self._manifest or dbt.parse()
        os.environ["DBT_WRITE_JSON"] = "false"
        try:
            dbt.build(exclude=["resource_type:test"])
        finally:
            del os.environ["DBT_WRITE_JSON"]
        with self._connect() as con:
            names = con.execute(
                "select schema_name || '.' || table_name from duckdb_tables()"
                " where schema_name in ('funnel', 'kpi')"
            ).fetchall()
            return {
                name: Counter(con.execute(f"select * from {name}").fetchall()) for (name,) in names
            }

    def _connect(self) -> duckdb.DuckDBPyConnection:
        con = duckdb.connect(str(self._settings.path(self._settings.warehouse)))
        con.execute("set TimeZone = 'UTC'")
        register_text_functions(con)
        return con


def replay(
    folder: Path, days: Sequence[date], seed: int = 4, among: int = 20
) -> Iterator[tuple[date, list[str]]]:
    """Some of the days of a company, with the names of the tables that are not as they were.

    What arrives on the other days is loaded all the same.
    """
    replayed, then = Replay(folder), dict[date, Tables]()
    for day, loads in deliveries(draw_company(seed), days_of(among)):
        for files in loads:
            replayed.load(files)
        if day in days:
            then[day] = replayed.computed(day)
    for day, before in then.items():
        now = replayed.computed(day)
        yield day, [name for name in before | now if before.get(name) != now.get(name)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--days", type=int, default=20)
    parser.add_argument("--seed", type=int, default=4)
    arguments = parser.parse_args()
    differing, among = 0, arguments.days + 1
    # The last day has nothing after it.
    days = days_of(among)[:-1]
    with tempfile.TemporaryDirectory() as folder:
        for day, tables in replay(Path(folder), days, arguments.seed, among):
            print(f"{day}: {'as it was' if not tables else ', '.join(sorted(tables))}", flush=True)
            differing += bool(tables)
    used = resource.getrusage(resource.RUSAGE_SELF)
    seconds = used.ru_utime + used.ru_stime
    print(f"{len(days)} days, {differing} not as they were, {seconds:.0f} s of CPU")
    sys.exit(differing > 0)


if __name__ == "__main__":
    main()
