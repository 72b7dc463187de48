"""The benchmarks still run; what they measure is stated in their README and never tested."""

import os
import re
import sys

import pytest

from tests.conftest import PROJECT, run_command


@pytest.mark.skipif(
    "BENCHMARKS" not in os.environ, reason="five whole runs take minutes: set BENCHMARKS=1"
)
def test_the_warm_run_benchmark_prints_ratios() -> None:
    """On a small demo and one round."""
    script = PROJECT / "benchmarks" / "warm_run.py"
    small = ["--quick", "--rounds", "1", "--scale", "0.1", "--start", "2026-08-15"]
    output = run_command([sys.executable, script, *small]).stdout
    ratios = re.findall(r"^(.+): median .+, (\d+\.\d\d) x dbt build$", output, re.MULTILINE)
    assert [name for name, _ in ratios] == [
        "keiro run, nothing new",
        "keiro run --force",
        "dbt build",
    ]
    assert ratios[-1][1] == "1.00"


def test_the_ingest_benchmark_prints_ratios() -> None:
    """On small files and one round, without dlt."""
    script = PROJECT / "benchmarks" / "ingest.py"
    small = ["--rounds", "1", "--events", "20000", "--ga4", "2000", "--contacts", "20000"]
    output = run_command([sys.executable, script, *small]).stdout
    lines = [line.strip("| ").split(" | ") for line in output.splitlines()]
    ratios = {line[0]: float(line[3]) for line in lines if len(line) == 7 and line[1] != "Keiro s"}
    assert list(ratios) == [
        "events, CSV, keyed",
        "events, CSV, no key",
        "events, Parquet",
        "GA4, NDJSON",
        "contacts, second day",
    ]
    assert all(ratio > 0 for ratio in ratios.values())
    assert "| rows of raw after it | 20200 |" in output


@pytest.mark.skipif("BENCHMARKS" not in os.environ, reason="seven builds take minutes")
def test_the_build_benchmark_agrees_with_the_script_and_a_rebuild() -> None:
    """On a small company: it ends with an error where rows differ."""
    script = PROJECT / "benchmarks" / "build.py"
    output = run_command([sys.executable, script, "--events", "20000"]).stdout
    assert re.findall(r"^(\w+): \d+ rows, 0 differ$", output, re.MULTILINE)
    assert "differing: none" in output
    assert re.search(r"^full build / script: \d+\.\d\d", output, re.MULTILINE)
