"""Expectations: suites in YAML, run by Great Expectations inside DuckDB.

    suites = load_suites(Path("expectations"))
    results = run_suites(warehouse, suites, kpis, as_of=as_of)
    write_results(con, results)
    outcome = verdict(results)

Failed, passed and errored are three things: a check that crashed says nothing about the data.
"""

from keiro.checks.loading import load_suites
from keiro.checks.model import Check, KpiRange, Suite, Text
from keiro.checks.results import CheckResult, Verdict, verdict, write_results
from keiro.checks.running import run_suites

__all__ = [
    "Check",
    "CheckResult",
    "KpiRange",
    "Suite",
    "Text",
    "Verdict",
    "load_suites",
    "run_suites",
    "verdict",
    "write_results",
]
