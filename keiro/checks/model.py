"""What a suite of checks is: the shape of `expectations/*.yml`, validated."""

import re
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from string import Formatter
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

Severity = Literal["critical", "warning", "info"]
Cause = Literal["pipeline", "instrumentation", "definition", "lateness", "mix", "business"]
Layer = Literal["raw", "staging", "funnel", "kpi"]

# What a detail or remedy may name in braces. Columns that are text may hold people's names or
# addresses, so a text says counts, dates and what `flag_sql` chose to name, never a raw value.
PLACEHOLDERS = frozenset(
    [
        "subject",
        "metric",
        "scope",
        "period_start",
        "period_end",
        "observed",
        "unexpected_count",
        "element_count",
        "as_of",
        "table",
    ]
)


OWN_QUERY = "unexpected_rows_query"


class Strict(BaseModel):
    """A model that refuses keys it does not know: a misspelt key is an error, not silence."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Text(Strict):
    """A sentence in both languages; `{placeholders}` are filled from the result."""

    en: str = Field(min_length=1)
    ja: str = Field(min_length=1)

    @field_validator("en", "ja")
    @classmethod
    def _placeholders_are_known(cls, text: str) -> str:
        unknown = {name for _, name, _, _ in Formatter().parse(text) if name} - PLACEHOLDERS
        if unknown:
            known = ", ".join(sorted(PLACEHOLDERS))
            raise ValueError(f"{{{sorted(unknown)[0]}}} is no placeholder; there are {known}")
        return text


class Check(Strict):
    """One expectation on one table.

    `expect` and `kwargs` are Great Expectations' own; the text `{as_of}` (or `{as_of - 7}`) in a
    kwarg or in SQL is the run's as-of date. When the expectation fails, `flag_sql` may say what
    exactly is wrong: each of its rows becomes one flag, with any of the columns subject, metric,
    scope, period_start, period_end, observed, unexpected_count, element_count. The word
    `unexpected_rows_query` there takes the rows of the expectation's own query. `metrics` names
    the KPIs that cannot be believed while the check fails.
    """

    id: str = Field(pattern=r"^[a-z][a-z0-9_.]*$")
    table: str = Field(pattern=r"^[A-Za-z_]\w*\.[A-Za-z_]\w*$")
    expect: str
    kwargs: dict[str, Any] = {}
    severity: Severity
    cause: Cause
    owner: str = Field(min_length=1)
    detail: Text
    remedy: Text
    metrics: list[str] = []
    flag_sql: str | None = None

    @field_validator("expect")
    @classmethod
    def _type_exists(cls, name: str) -> str:
        if name not in expectation_types():
            raise ValueError(
                f"{name!r} is no expectation of Great Expectations{nearest(name)}; "
                "its gallery lists the types"
            )
        return name

    @model_validator(mode="after")
    def _query_names_its_batch(self) -> "Check":
        query = self.kwargs.get(OWN_QUERY)
        if query is not None and "{batch}" not in query:
            raise ValueError("unexpected_rows_query must read from {batch}, the check's table")
        if self.flag_sql == OWN_QUERY and query is None:
            raise ValueError(f"flag_sql is {OWN_QUERY}, and the expectation has no such query")
        return self

    @property
    def flag_query(self) -> str | None:
        """The query whose rows are the flags, None when the check is one flag."""
        own = self.flag_sql == OWN_QUERY
        return str(self.kwargs[OWN_QUERY]) if own else self.flag_sql

    @field_validator("flag_sql")
    @classmethod
    def _reads_only(cls, sql: str | None) -> str | None:
        if sql is None or sql == OWN_QUERY:
            return sql
        if not re.match(r"\s*(select|with)\b", sql, re.IGNORECASE):
            raise ValueError("flag_sql must be one select")
        return sql.strip().rstrip(";")


class Suite(Strict):
    """The checks of one file: what they watch, in which layer."""

    suite: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    layer: Layer
    description: str = Field(min_length=1)
    checks: list[Check] = Field(min_length=1)

    @model_validator(mode="after")
    def _ids_are_unique(self) -> "Suite":
        ids = [check.id for check in self.checks]
        twice = sorted({i for i in ids if ids.count(i) > 1})
        if twice:
            raise ValueError(f"the check id {twice[0]!r} is used twice")
        return self


@dataclass(frozen=True)
class KpiRange:
    """What a metric's YAML promises about its values: the source of the generated checks.

    `minimum` and `maximum` in the metric's own unit, None where there is no bound; `cadence` as
    written there (daily, weekly, …), shown with the flag.
    """

    metric: str
    minimum: float | None
    maximum: float | None
    unit: str
    owner: str
    cadence: str


@cache
def expectation_types() -> frozenset[str]:
    """Names of all expectations, from the library's files: importing it takes seconds."""
    spec = find_spec("great_expectations")
    roots = [Path(place) for place in (spec.submodule_search_locations or [])] if spec else []
    files = (file for root in roots for file in (root / "expectations" / "core").glob("*.py"))
    return frozenset(file.stem for file in files if not file.stem.startswith("_"))


def nearest(name: str) -> str:
    """The hint `, did you mean …`, or nothing when no known type is close."""
    from difflib import get_close_matches

    close = get_close_matches(name, sorted(expectation_types()), n=1)
    return f", did you mean {close[0]!r}?" if close else ""
