"""Expectations: suites in YAML, run by Great Expectations inside DuckDB.

    suites = load_suites(Path("expectations"))
    results = run_suites(warehouse, suites, kpis, as_of=as_of)
    write_results(con, results)

Failed, passed and errored are three things: a check that crashed says nothing about the data.
What they mean for a publication is decided by `keiro.gate`.
"""

from keiro.checks.loading import load_suites
from keiro.checks.model import Check, KpiRange, Suite, Text
from keiro.checks.results import CheckResult, write_results
from keiro.checks.running import run_suites

__all__ = [
    "Check",
    "CheckResult",
    "KpiRange",
    "Suite",
    "Text",
    "load_suites",
    "run_suites",
    "write_results",
]
