"""The build of all models beside one script that makes the funnel's tables by hand; the day after.

A made-up company is written into raw (`build_data.py`). Then, each in a process of its own so that
CPU time and peak memory are its own: `by_hand.sql`, a full build, the build of the next day from
the tables of the full one, and a full build of that next day, whose tables must be the same. What a
build costs whatever its size, measured on a company of a thousand events, is shown apart. Seconds
are CPU time of all cores.
Usage: python benchmarks/build.py [--events 10000000] [--folder DIR] [--memory 6GB] [--only-full]
"""

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
from build_data import Company, Size

from keiro.dbt import DbtProject
from keiro.settings import load_settings

PROJECT = Path(__file__).resolve().parent.parent
BY_HAND = Path(__file__).with_name("by_hand.sql")
AFTER_CHECKS = "source:keiro.check_results+"
SMALL = 1000
# Removal effects are found by another way than in the models: the last digits of shares differ.
PLACES = 6


@dataclass(frozen=True)
class Cost:
    """What a process took: CPU and wall-clock seconds, peak MiB, and a build's slowest models."""

    cpu: float
    wall: float
    memory: float
    slowest: tuple[tuple[float, str], ...] = ()


def size_of(events: int) -> Size:
    """A company with a contact for ten events and a deal for fifty."""
    return Size(events, max(100, events // 10), max(20, events // 50))


def cpu_seconds() -> float:
    """What this process has used of all cores so far."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def connect(database: Path, memory: str) -> duckdb.DuckDBPyConnection:
    """A connection with the bounds that the builds have."""
    con = duckdb.connect(str(database))
    con.execute(f"set TimeZone = 'UTC'; set threads = 2; set memory_limit = '{memory}'")
    return con


def generate(database: Path, events: int, memory: str) -> None:
    """Write the company's raw layer."""
    with connect(database, memory) as con:
        Company(con, PROJECT, size_of(events)).write()


def add_day(database: Path, events: int, memory: str) -> None:
    """Add what the day after brings."""
    with connect(database, memory) as con:
        Company(con, PROJECT, size_of(events)).write_next_day()


def run_by_hand(database: Path, as_of: date, memory: str) -> None:
    """Run the script."""
    with connect(database, memory) as con:
        con.execute(f"set variable as_of = date '{as_of}'")
        con.execute(f"set variable seeds = '{PROJECT / 'seeds'}/'")
        con.execute(BY_HAND.read_text(encoding="utf-8"))


def build(database: Path, as_of: date, memory: str, *, anew: bool) -> list[tuple[float, str]]:
    """Build all models but those that wait for checks; the wall-clock seconds of each node."""
    os.environ["KEIRO_MEMORY_LIMIT"] = memory
    target = database.with_name("target")
    settings = load_settings(project_dir=PROJECT, warehouse=database, target_dir=target)
    project = DbtProject(settings, as_of, "" if anew else "benchmark")
    project.build(exclude=[AFTER_CHECKS, "resource_type:test"])
    results = json.loads((target / "run_results.json").read_text(encoding="utf-8"))["results"]
    return sorted(((r["execution_time"], r["unique_id"]) for r in results), reverse=True)


def work(task: str, database: Path, events: int, memory: str) -> dict[str, Any]:
    """Do one task in this process; what it took."""
    size = size_of(events)
    next_day = date.fromordinal(size.as_of.toordinal() + 1)
    start, used, slowest = time.perf_counter(), cpu_seconds(), []
    if task == "generate":
        generate(database, events, memory)
    elif task == "add_day":
        add_day(database, events, memory)
    elif task == "by_hand":
        run_by_hand(database, size.as_of, memory)
    elif task == "full":
        slowest = build(database, size.as_of, memory, anew=False)
    else:
        slowest = build(database, next_day, memory, anew=task == "rebuild")
    return {
        "cpu": cpu_seconds() - used,
        "wall": time.perf_counter() - start,
        "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "slowest": slowest[:12],
    }


def measured(task: str, database: Path, events: int, memory: str) -> Cost:
    """The cost of a task in a process of its own."""
    command = [sys.executable, __file__, "--worker", task, str(database), str(events), memory]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{task} failed:\n{done.stdout[-2000:]}\n{done.stderr[-4000:]}")
    found = json.loads(done.stdout.splitlines()[-1])
    cost = Cost(**found | {"slowest": tuple(map(tuple, found["slowest"]))})
    print(
        f"| {task} | {events} | {cost.cpu:.1f} | {cost.wall:.1f} | {cost.memory:.0f} |", flush=True
    )
    return cost


def columns(con: duckdb.DuckDBPyConnection, table: str) -> dict[str, str]:
    """Names and types of a table's columns."""
    return {row[0]: row[1] for row in con.execute(f"describe {table}").fetchall()}


def differing(con: duckdb.DuckDBPyConnection, one: str, other: str) -> int:
    """Rows that only one of two tables has, by their common columns."""
    theirs = columns(con, other)
    shown = [
        f"round({name}, {PLACES}) as {name}" if kind == "DOUBLE" or name == "credit" else name
        for name, kind in columns(con, one).items()
        if name in theirs
    ]
    rows = [f"select {', '.join(shown)} from {table}" for table in (one, other)]
    found = con.execute(
        f"select (select count(*) from ({rows[0]} except all {rows[1]}))"
        f" + (select count(*) from ({rows[1]} except all {rows[0]}))"
    ).fetchall()
    return int(found[0][0])


def compare_by_hand(by_hand: Path, built: Path, memory: str) -> None:
    """Each table of the script has the rows of the model of that name, or the process ends."""
    with connect(built, memory) as con:
        con.execute(f"attach '{by_hand}' as script (read_only)")
        names = con.execute(
            "select table_name from duckdb_tables()"
            " where database_name = 'script' and schema_name = 'hand'"
        ).fetchall()
        for (name,) in names:
            rows = con.execute(f"select count(*) from funnel.{name}").fetchall()[0][0]
            found = differing(con, f"script.hand.{name}", f"funnel.{name}")
            print(f"{name}: {rows} rows, {found} differ")
            if found:
                sys.exit("the script and the models do not agree")


def compare_builds(one: Path, other: Path, memory: str) -> None:
    """Every mart is the same in both databases, or the process ends."""
    with connect(one, memory) as con:
        con.execute(f"attach '{other}' as other (read_only)")
        names = con.execute(
            "select schema_name, table_name from duckdb_tables() where database_name = 'other'"
            " and schema_name in ('funnel', 'kpi') order by all"
        ).fetchall()
        wrong = [
            f"{schema}.{name}"
            for schema, name in names
            if con.execute(
                f"select count(*) from (from other.{schema}.{name} except all from {schema}.{name})"
            ).fetchall()[0][0]
        ]
    print(f"{len(names)} marts compared with a full rebuild, differing: {wrong or 'none'}")
    if wrong:
        sys.exit(1)


def run(folder: Path, events: int, memory: str, *, only_full: bool) -> None:
    """All measurements, and the comparisons that make them honest."""
    print("| what | events | CPU s | wall s | peak MiB |\n|---|---|---|---|---|")
    database, raw = folder / "keiro.duckdb", folder / "by_hand.duckdb"
    measured("generate", database, SMALL, memory)
    fixed = measured("full", database, SMALL, memory)
    measured("add_day", database, SMALL, memory)
    fixed_next = measured("next_day", database, SMALL, memory)
    database.unlink()
    measured("generate", database, events, memory)
    if not only_full:
        shutil.copy(database, raw)
        script = measured("by_hand", raw, events, memory)
    full = measured("full", database, events, memory)
    print(f"a build of any size: {fixed.cpu:.1f} s, of the next day {fixed_next.cpu:.1f} s")
    print(
        "slowest:",
        *(f"{seconds:.1f} {name.split('.')[-1]}" for seconds, name in full.slowest),
        sep="\n  ",
    )
    if only_full:
        return
    compare_by_hand(raw, database, memory)
    raw.unlink()
    measured("add_day", database, events, memory)
    rebuilt = folder / "rebuilt" / "keiro.duckdb"
    rebuilt.parent.mkdir()
    shutil.copy(database, rebuilt)
    increment = measured("next_day", database, events, memory)
    print(
        "slowest:", *(f"{s:.1f} {name.split('.')[-1]}" for s, name in increment.slowest), sep="\n  "
    )
    measured("rebuild", rebuilt, events, memory)
    compare_builds(database, rebuilt, memory)
    of_data, of_day = full.cpu - fixed.cpu, increment.cpu - fixed_next.cpu
    print(
        f"full build / script: {full.cpu / script.cpu:.2f},"
        f" without what any build costs {of_data / script.cpu:.2f}"
    )
    print(
        f"next day / full build: {increment.cpu / full.cpu:.3f}, without it {of_day / of_data:.3f}"
    )


def main() -> None:
    """Read the arguments, measure, and leave nothing behind."""
    if sys.argv[1:2] == ["--worker"]:
        task, database, events, memory = sys.argv[2:6]
        print(json.dumps(work(task, Path(database), int(events), memory)))
        return
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=10_000_000)
    parser.add_argument("--folder", type=Path, help="where there is room; else a temporary folder")
    parser.add_argument("--memory", default="6GB", help="DuckDB's limit; the process has more")
    parser.add_argument("--only-full", action="store_true", help="neither script nor next day")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=chosen.folder) as place:
        run(Path(place), chosen.events, chosen.memory, only_full=chosen.only_full)


if __name__ == "__main__":
    main()
