"""The benchmarks still run; what they measure is stated in their README and never tested."""

import re
import sys

from tests.conftest import PROJECT, run_command


def test_the_warm_run_benchmark_prints_ratios() -> None:
    """On a small demo and one round, so that it takes a minute."""
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
