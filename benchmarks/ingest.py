"""Loading beside DuckDB's own readers and dlt: ratios in one session of runs.

Each measurement is a process of its own, so that its peak memory is its own, and the commands take
turns. Absolute seconds depend on the machine; the ratios are what is claimed. dlt is measured where
`--dlt` names the Python of an environment that has `dlt[duckdb]`, pandas and pyarrow.
Usage: python benchmarks/ingest.py [--events 10000000] [--rounds 3] [--dlt PYTHON] [--folder DIR]
"""

import argparse
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import duckdb
import yaml
from ingest_data import write_files

from keiro.ingest import ensure_schema, load_exports, read_declarations

FIRST_DAY, SECOND_DAY = "contacts-2026-01-01.csv", "contacts-2026-01-02.csv"
DLT = """
import sys, time, dlt
from dlt.sources.filesystem import filesystem, read_csv, read_csv_duckdb
folder, name, how = sys.argv[1:4]
files = filesystem(bucket_url=folder, file_glob=name)
reader = {
    "arrow": lambda: read_csv_duckdb(use_pyarrow=True, chunk_size=100_000),
    "usual": lambda: read_csv(),
}[how]()
pipeline = dlt.pipeline("bench", destination=dlt.destinations.duckdb(f"{folder}/dlt.duckdb"),
                        dataset_name="raw", pipelines_dir=f"{folder}/dlt")
start = time.perf_counter()
pipeline.run((files | reader).with_name("events"))
print(time.perf_counter() - start)
"""


@dataclass(frozen=True)
class Cost:
    """What a measured process took: seconds of the work, of all its cores, and its peak MiB."""

    seconds: float
    cpu: float
    memory: float
    grown: float = 0.0


@dataclass(frozen=True)
class Case:
    """A load and the baseline that it is compared with, both by name of a worker's task."""

    title: str
    task: tuple[str, ...]
    baseline: tuple[str, ...]
    target: str
    scale: float = 1.0


def write_project(folder: Path, file: Path, key: list[str], mode: str) -> None:
    """A project with one source table whose columns are the file's."""
    with duckdb.connect() as con:
        columns = [str(row[0]) for row in con.execute(f"describe from '{file}'").fetchall()]
    meta = {
        "files": [f"{file.stem.split('-')[0]}*"],
        "mode": mode,
        "primary_key": key,
        **({"extracted_at": r"(\d{4}-\d{2}-\d{2})"} if mode == "snapshot" else {}),
    }
    table = {
        "name": "rows",
        "identifier": "bench__rows",
        "config": {"meta": meta},
        "columns": [{"name": column} for column in columns],
    }
    (folder / "models").mkdir(parents=True)
    (folder / "dbt_project.yml").write_text("name: bench\nmodel-paths: [models]\n")
    source = {"name": "bench", "schema": "raw", "tables": [table]}
    (folder / "models" / "_bench__sources.yml").write_text(yaml.safe_dump({"sources": [source]}))
    (folder / "exports").mkdir()


def cpu_seconds() -> float:
    """What this process has used of all cores so far."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def load(folder: Path) -> tuple[float, float]:
    """Seconds, and those of all cores, of loading what is in the project's exports folder."""
    objects = read_declarations(folder)
    with duckdb.connect(str(folder / "keiro.duckdb")) as con:
        ensure_schema(con, objects)
        start, used = time.perf_counter(), cpu_seconds()
        summary = load_exports(con, objects, folder / "exports")
        seconds, cpu = time.perf_counter() - start, cpu_seconds() - used
    if summary.refused or summary.held:
        sys.exit(f"not loaded: {[file.message for file in summary.files]}")
    return seconds, cpu


def work(task: str, data: Path, arguments: list[str]) -> dict[str, float]:
    """Do one task in this process; its seconds, and how many rows raw has then."""
    with tempfile.TemporaryDirectory(dir=data) as place:
        folder = Path(place)
        if task == "load":
            name, key = arguments
            write_project(folder, data / name, key.split(",") if key else [], "append")
            os.link(data / name, folder / "exports" / name)
            seconds, cpu = load(folder)
            return {"seconds": seconds, "cpu": cpu}
        if task == "snapshot":
            write_project(folder, data / FIRST_DAY, ["record_id"], "snapshot")
            shutil.copy(data / "first_day.duckdb", folder / "keiro.duckdb")
            for name in (FIRST_DAY, SECOND_DAY):
                os.link(data / name, folder / "exports" / name)
            (folder / "exports" / FIRST_DAY).unlink()
            seconds, cpu = load(folder)
            with duckdb.connect(str(folder / "keiro.duckdb")) as con:
                grown = con.execute("select count(*) from raw.bench__rows").fetchall()[0][0]
            return {"seconds": seconds, "cpu": cpu, "grown": grown}
        (query,) = arguments
        with duckdb.connect(str(folder / "plain.duckdb")) as con:
            con.execute("set memory_limit = '1200MB'")
            start, used = time.perf_counter(), cpu_seconds()
            con.execute(query)
            return {"seconds": time.perf_counter() - start, "cpu": cpu_seconds() - used}


def prepare_first_day(data: Path) -> None:
    """A database that holds the first day's snapshot."""
    with tempfile.TemporaryDirectory(dir=data) as place:
        folder = Path(place)
        write_project(folder, data / FIRST_DAY, ["record_id"], "snapshot")
        os.link(data / FIRST_DAY, folder / "exports" / FIRST_DAY)
        load(folder)
        shutil.move(folder / "keiro.duckdb", data / "first_day.duckdb")


def measured(data: Path, task: tuple[str, ...]) -> Cost:
    """The cost of a task in a process of its own."""
    command = [sys.executable, __file__, "--worker", str(data), *task]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{task} failed:\n{done.stderr}")
    return Cost(**json.loads(done.stdout.splitlines()[-1]))


def dlt_cost(python: str, data: Path, how: str, file: Path) -> Cost:
    """Seconds of dlt's pipeline for a file; it leaves nothing behind."""
    with tempfile.TemporaryDirectory(dir=data) as place:
        os.link(file, Path(place) / file.name)
        command = [python, "-c", DLT, place, file.name, how]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            sys.exit(f"dlt failed:\n{done.stderr[-2000:]}")
        return Cost(float(done.stdout.splitlines()[-1]), 0.0, 0.0)


def table_of(query: str) -> tuple[str, str]:
    """The task of a plain CREATE TABLE AS."""
    return "query", f"create table t as {query}"


def cases(data: Path) -> list[Case]:
    """What is compared with what."""
    text = "select * from read_csv('{}', all_varchar = true)"
    csv = table_of(text.format(data / "events.csv"))
    contacts = data / SECOND_DAY
    digest = f"select max(md5(concat_ws(',', *columns(*)))) from ({text.format(contacts)})"
    return [
        Case("events, CSV, keyed", ("load", "events.csv", "event_id"), csv, ">= 0.7"),
        Case("events, CSV, no key", ("load", "events.csv", ""), csv, ">= 0.7"),
        Case(
            "events, Parquet",
            ("load", "events.parquet", "event_id"),
            table_of(f"from read_parquet('{data / 'events.parquet'}')"),
            ">= 0.8",
        ),
        Case(
            "GA4, NDJSON",
            ("load", "ga4.ndjson", ""),
            table_of(f"from read_json('{data / 'ga4.ndjson'}')"),
            ">= 0.7",
        ),
        Case("contacts, second day", ("snapshot",), ("query", digest), ">= 0.67 (1.5 x)"),
    ]


def in_turns(rounds: int, *actions: Callable[[], Cost]) -> list[Cost]:
    """The medians of actions that take turns."""
    costs = [[action() for action in actions] for _ in range(rounds)]
    return [
        Cost(
            *(
                statistics.median(getattr(cost, field) for cost in column)
                for field in ("seconds", "cpu", "memory", "grown")
            )
        )
        for column in zip(*costs, strict=True)
    ]


def compare(data: Path, rounds: int) -> dict[str, Cost]:
    """Print a line for each case; the loads' costs by title."""
    loads = {}
    print("| what | Keiro s | baseline s | throughput | by CPU | peak MiB | wanted |")
    print("|---|---|---|---|---|---|---|")
    for case in cases(data):
        loaded, plain = in_turns(
            rounds,
            lambda case=case: measured(data, case.task),  # type: ignore[misc]
            lambda case=case: measured(data, case.baseline),  # type: ignore[misc]
        )
        loads[case.title] = loaded
        print(
            f"| {case.title} | {loaded.seconds:.2f} | {plain.seconds:.2f} |"
            f" {plain.seconds / loaded.seconds:.2f} | {plain.cpu / loaded.cpu:.2f} |"
            f" {loaded.memory:.0f} | {case.target} |",
            flush=True,
        )
        if loaded.grown:
            print(f"| rows of raw after it | {loaded.grown:.0f} | | | | | changed rows only |")
    return loads


def compare_with_dlt(python: str, data: Path, files: dict[str, Path], rows: int, own: Cost) -> None:
    """dlt's fastest way on the whole file, its usual one on a smaller file, scaled by rows."""
    fast = dlt_cost(python, data, "arrow", files["events.csv"])
    print(
        f"| dlt, read_csv_duckdb with Arrow | {fast.seconds:.1f} s |"
        f" Keiro is {fast.seconds / own.seconds:.1f} x faster | >= 1.3 x |"
    )
    part = max(1, rows // 100)
    small = write_files(data / "small", events=part, ga4=1, contacts=1)["events.csv"]
    usual = dlt_cost(python, data, "usual", small).seconds * rows / part
    print(
        f"| dlt, read_csv, {part} rows scaled to {rows} | {usual:.0f} s |"
        f" Keiro is {usual / own.seconds:.0f} x faster | >= 50 x |"
    )


def main() -> None:
    """Write the files, let loads and baselines take turns, print ratios."""
    if sys.argv[1:2] == ["--worker"]:
        found = work(sys.argv[3], Path(sys.argv[2]), sys.argv[4:])
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(json.dumps(found | {"memory": peak}))
        return
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=10_000_000)
    parser.add_argument("--ga4", type=int, default=1_000_000)
    parser.add_argument("--contacts", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--dlt", help="the Python of an environment that has dlt")
    parser.add_argument("--folder", type=Path, help="where to write some 8 GB for the while")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=options.folder) as place:
        data = Path(place)
        files = write_files(data, events=options.events, ga4=options.ga4, contacts=options.contacts)
        prepare_first_day(data)
        loads = compare(data, options.rounds)
        if options.dlt:
            own = loads["events, CSV, keyed"]
            compare_with_dlt(options.dlt, data, files, options.events, own)


if __name__ == "__main__":
    main()
