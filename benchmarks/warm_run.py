"""A warm `keiro run` beside `dbt build` of the same project: ratios in one session of runs.

Three commands take turns on the loaded demo: a run with nothing new, a run that builds
all the same (`--force`), and `dbt build` alone. Absolute seconds depend on the machine; the ratios
are what is claimed. Usage: python benchmarks/warm_run.py [--rounds 5] [--scale 1.0] [--start DATE]
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

PROJECT = Path(__file__).parents[1]
BIN = Path(sys.executable).parent
SHARES = """
import json, sys
from keiro.pipeline import run_pipeline
from keiro.settings import load_settings
print(json.dumps(run_pipeline(load_settings(), force=sys.argv[1] == "force").seconds))
"""


def timed(command: list[str], env: dict[str, str]) -> float:
    """Seconds of a whole process; its output is thrown away unless it fails."""
    start = time.perf_counter()
    done = subprocess.run(
        command, cwd=PROJECT, env=env, capture_output=True, text=True, check=False
    )
    if done.returncode:
        sys.exit(f"{command} failed:\n{done.stdout}\n{done.stderr}")
    return time.perf_counter() - start


def step_seconds(mode: str, env: dict[str, str]) -> dict[str, float]:
    """Seconds of each step of one run in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-c", SHARES, mode],
        cwd=PROJECT,
        env=env,
        capture_output=True,
        text=True,
        check=True,
    )
    return dict(json.loads(done.stdout.strip().splitlines()[-1]))


def main() -> None:
    """Print medians, ratios and the share of each step."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--scale", default="1.0")
    parser.add_argument("--start", default="2024-10-01")
    parser.add_argument("--quick", action="store_true", help="no warm-up and no shares of steps")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        env = {
            **os.environ,
            "KEIRO_EXPORTS_DIR": f"{folder}/exports",
            "KEIRO_WAREHOUSE": f"{folder}/warehouse/keiro.duckdb",
            "KEIRO_PUBLISHED_DIR": f"{folder}/published",
            "KEIRO_TARGET_DIR": f"{folder}/target",
            "DBT_TARGET_PATH": f"{folder}/target",
            "DBT_LOG_PATH": f"{folder}/logs",
        }
        keiro, dbt = str(BIN / "keiro"), str(BIN / "dbt")
        timed([keiro, "demo", "--scale", options.scale, "--start", options.start], env)
        print(f"first run, loading all: {timed([keiro, 'run'], env):.1f} s")
        if not options.quick:
            timed([dbt, "build"], env)  # dbt's own parse cache is warm from here on
        commands = {
            "keiro run, nothing new": [keiro, "run"],
            "keiro run --force": [keiro, "run", "--force"],
            "dbt build": [dbt, "build"],
        }
        seconds: dict[str, list[float]] = {name: [] for name in commands}
        for _ in range(options.rounds):
            for name, command in commands.items():
                seconds[name].append(timed(command, env))
        baseline = statistics.median(seconds["dbt build"])
        for name, values in seconds.items():
            median = statistics.median(values)
            print(
                f"{name}: median {median:.2f} s ({min(values):.2f} to {max(values):.2f}), "
                f"{median / baseline:.2f} x dbt build"
            )
        for mode in () if options.quick else ("nothing new", "force"):
            shares = step_seconds(mode, env)
            total = sum(shares.values())
            text = ", ".join(
                f"{step} {value:.2f} s ({value / total:.0%})" for step, value in shares.items()
            )
            print(f"steps, {mode}: {text}")


if __name__ == "__main__":
    main()
