"""What the page reads from a published database, as typed rows.

Only the schemas funnel, kpi and load are read. A table that is absent counts as empty, so that
a small project gets a page too.
"""

import math
from dataclasses import MISSING, dataclass, fields
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypeVar

import duckdb

T = TypeVar("T")
Row = dict[str, Any]


@dataclass(frozen=True)
class Kpi:
    """A metric of `kpi.dim_kpis`; `unit` is count, ratio, days or an ISO currency."""

    metric: str
    role: str
    owner: str | None
    unit: str
    direction: str
    kind: str
    label_en: str | None
    label_ja: str | None
    description: str | None
    description_ja: str | None
    formula: str | None
    parent_metric: str | None


@dataclass(frozen=True)
class Value:
    """A row of `kpi.fct_kpi_values` in scope `all`."""

    metric: str
    grain: str
    period_start: date
    period_end: date
    value: float | None
    n: int | None
    status: str
    trust: str
    withheld_by_flag_id: str | None


@dataclass(frozen=True)
class Target:
    """A row of `kpi.fct_kpi_status` in scope `all`: a target and what is reached of it."""

    metric: str
    grain: str
    period_start: date
    period_end: date
    target: float | None
    actual: float | None
    attainment: float | None
    expected_share: float | None
    pace_index: float | None
    trust: str
    status: str
    business_share: float | None = None
    forecast: float | None = None
    forecast_lower: float | None = None
    forecast_upper: float | None = None
    p_hit: float | None = None
    forecast_reason: str | None = None
    coverage: float | None = None
    coverage_required: float | None = None


@dataclass(frozen=True)
class Flag:
    """A row of `kpi.fct_kpi_flags`."""

    flag_id: str
    subject: str | None
    metric: str | None
    scope: str | None
    period_start: date | None
    period_end: date | None
    kind: str
    cause: str | None
    severity: str
    owner: str | None
    detail_en: str | None
    detail_ja: str | None
    remedy_en: str | None
    remedy_ja: str | None
    first_seen_at: datetime | None
    closed_at: datetime | None


@dataclass(frozen=True)
class Day:
    """A day of the business calendar."""

    date_day: date
    fiscal_year: date
    is_business_day: bool


class Reader:
    """Queries against one published database."""

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        """Remember which tables there are, and their columns."""
        self._con = con
        self._tables: dict[str, set[str]] = {}
        for schema, table, column in con.execute(
            "select table_schema, table_name, column_name from information_schema.columns"
        ).fetchall():
            self._tables.setdefault(f"{schema}.{table}", set()).add(column)

    def has(self, table: str) -> bool:
        """Whether a table, with its schema before it, is there."""
        return table in self._tables

    def dicts(self, table: str, query: str, **values: Any) -> list[Row]:
        """Rows of a query on `table` by column name; none where the table is absent."""
        if table not in self._tables:
            return []
        cursor = self._con.execute(query, values)
        names = [column[0] for column in cursor.description or ()]
        return [
            {name: _plain(value) for name, value in zip(names, row, strict=True)}
            for row in cursor.fetchall()
        ]

    def typed(self, shape: type[T], table: str, rest: str = "", **values: Any) -> list[T]:
        """Rows of `table` as `shape`, whose fields are the columns to read.

        A field with a default may be absent from the table of a small or older project.
        """
        there = self._tables.get(table, set())
        columns = ", ".join(
            field.name
            for field in fields(shape)  # type: ignore[arg-type]
            if field.name in there or field.default is MISSING
        )
        rows = self.dicts(table, f"select {columns} from {table} {rest}", **values)
        return [shape(**row) for row in rows]


def _plain(value: Any) -> Any:
    """Decimals as floats; what is no number as null, for JSON knows neither."""
    if isinstance(value, Decimal):
        value = float(value)
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
