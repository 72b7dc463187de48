"""Great Expectations, kept in one place: imported once and late, leaving no file behind."""

import contextlib
import logging
import re
import warnings
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from keiro.checks.model import Check

AS_OF = re.compile(r"\{as_of(?:\s*([+-])\s*(\d+))?\}")
# Counts are enough: values may be personal, and each list of them is a query more.
RESULT_FORMAT = {
    "result_format": "BASIC",
    "partial_unexpected_count": 0,
    "exclude_unexpected_values": True,
}


@contextlib.contextmanager
def datasource(warehouse: Path) -> Iterator[Any]:
    """A data source on the warehouse, read-only, in a context that lives in memory only."""
    with warnings.catch_warnings():
        # Both libraries warn about each other's age; neither concerns the caller.
        warnings.simplefilter("ignore")
        import great_expectations
        from great_expectations.data_context.types.base import ProgressBarsConfig

        from keiro.checks import dialect

        # One of its modules sets its own level, so the parent's does not hold for it.
        for name in ("great_expectations", ProgressBarsConfig.__module__):
            logging.getLogger(name).setLevel(logging.ERROR)
        dialect.register()
        context = great_expectations.get_context(mode="ephemeral")
        context.enable_analytics(False)
        context.variables.progress_bars = ProgressBarsConfig(globally=False)
        sources: Any = context.data_sources  # its declared type lacks the engine's arguments
        source = sources.add_sql(
            name="warehouse",
            connection_string=f"{dialect.DRIVER}:///",
            kwargs={"connect_args": {"database": str(warehouse.resolve())}},
        )
        try:
            yield source
        finally:
            dialect.close_all()


def expectation(check: Check, as_of: date, key: str) -> Any:
    """The library's own object for a check; raises what the library raises on wrong kwargs."""
    from great_expectations.expectations.registry import get_expectation_impl

    kwargs = {name: _resolved(value, as_of) for name, value in check.kwargs.items()}
    kwargs |= {"severity": check.severity, "meta": {"check": key}}
    if "row_condition" in kwargs:
        kwargs.setdefault("condition_parser", "great_expectations")
    if "unexpected_rows_query" in kwargs:
        kwargs["unexpected_rows_query"] = _query(kwargs["unexpected_rows_query"], as_of)
    kind = get_expectation_impl(check.expect)
    return kind(**kwargs)


def validate(source: Any, table: str, expectations: list[Any]) -> dict[str, Any]:
    """The library's result of each expectation on one table, by its key, in one validation."""
    from great_expectations import ExpectationSuite

    schema, name = table.split(".")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        asset = source.add_table_asset(name=table, table_name=name, schema_name=schema)
        batch = asset.add_batch_definition_whole_table("all").get_batch()
        suite = ExpectationSuite(name=table, expectations=expectations)
        outcome = batch.validate(suite, result_format=RESULT_FORMAT)
    return {result.expectation_config.meta["check"]: result for result in outcome.results}


def with_as_of(sql: str, as_of: date) -> str:
    """SQL with `{as_of}` and `{as_of - 7}` as date literals."""
    return AS_OF.sub(lambda match: f"date '{_shifted(match, as_of)}'", sql)


def exception_text(result: Any) -> str | None:
    """What went wrong when the library could not judge, None when it could."""
    info = result.exception_info or {}
    if "raised_exception" in info:
        return str(info.get("exception_message")) if info["raised_exception"] else None
    # Where metrics failed, there is one entry for each of them.
    for entry in info.values():
        if isinstance(entry, dict) and entry.get("raised_exception"):
            return str(entry.get("exception_message"))
    return None


def _query(sql: str, as_of: date) -> str:
    """The query with its dates; the library takes braces other than `{batch}` doubled."""
    doubled = with_as_of(sql, as_of).replace("{", "{{").replace("}", "}}")
    return doubled.replace("{{batch}}", "{batch}")


def _resolved(value: Any, as_of: date) -> Any:
    match = AS_OF.fullmatch(value) if isinstance(value, str) else None
    return _shifted(match, as_of) if match else value


def _shifted(match: re.Match[str], as_of: date) -> date:
    sign, days = match.groups()
    return as_of + timedelta(days=int(f"{sign}{days}") if days else 0)
