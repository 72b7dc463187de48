"""A sound tree of a small company with its data, in which tests plant faults."""

import math
from collections.abc import Mapping
from copy import deepcopy
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa

from keiro.lint.data import Floats, make_data, read_tables
from keiro.lint.design import Design
from keiro.lint.reading import read_design
from tests.unit.metric_manifest import metric, write_manifest

AS_OF = date(2026, 9, 30)
YEAR = date(2026, 4, 1)
REVIEW = "2027-03-31"
WEEKS, MONTHS = 160, 36
# What each value of a ratio is divided by.
CASES = 2_000.0
Nodes = dict[str, dict[str, Any]]
Rows = dict[str, dict[str, Any]]
TABLES = """
create schema kpi;
create schema funnel;
create schema load;
create table kpi.fct_kpi_values (metric varchar, grain varchar, scope varchar, period_start date,
    period_end date, value double, numerator double, denominator double, status varchar,
    trust varchar);
create table kpi.fct_kpi_status (metric varchar, grain varchar, scope varchar, period_start date,
    period_end date, target double, p_hit double, forecast_lower double, forecast_upper double,
    business_share double);
create table kpi.fct_kpi_samples (semantic_model varchar, group_id bigint, month date,
    cases bigint, metric varchar, value double);
create table load.load_log (source varchar, object varchar, rows_in bigint);
"""


def simple(name: str, day: str = "entered_date", **changes: Any) -> dict[str, Any]:
    """A metric over the rows of one mart, of which the description says what it excludes."""
    part = {"agg": "count", "semantic_model": "stage_entries", "agg_time_dimension": day}
    meta = {"description_ja": "数えるもの。対象外のものを含まない。", "label_ja": f"「{name}」"}
    changes["meta"] = {**meta, "parent": "won_revenue", **changes.get("meta", {})}
    return metric(
        name,
        **{
            "description": "What it counts. Excludes nothing.",
            "unique_id": f"metric.p.{name}",
            "type_params": {"metric_aggregation_params": part, "expr": name},
            **changes,
        },
    )


def quotient(name: str, above: str, below: str, **changes: Any) -> dict[str, Any]:
    """A ratio of two metrics."""
    params = {"numerator": {"name": above}, "denominator": {"name": below}}
    return simple(name, **{"type": "ratio", "type_params": params, **changes})


def sound() -> Nodes:
    """One KGI, three main KPIs, a rate, a hypothesis that holds, a guardrail."""
    lagged = {"kind": "lagged", "lag_days": 30, "evidence": "Median lag"}
    believed = {"kind": "hypothesis", "lag_days": 7, "evidence": "Trial of 2025", "owner": "web"}
    main = {"role": "main", "review_date": REVIEW}
    nodes = (
        simple(
            "won_revenue",
            meta={
                **{"role": "kgi", "parent": None, "unit": "JPY", "review_date": REVIEW},
                **{"formula": "deals * price", "sample": "deals"},
            },
        ),
        simple(
            "deals",
            meta={
                **main,
                "drivers": [{"metric": "leads", **lagged}, {"metric": "deals_per_lead", **lagged}],
            },
        ),
        quotient("price", "won_revenue", "deals", meta={**main, "unit": "JPY"}),
        simple(
            "leads",
            meta={
                **{**main, "parent": "deals"},
                "drivers": [
                    {"metric": "replies", **believed, "review_date": REVIEW},
                    {"metric": "cost_per_lead", "kind": "guardrail"},
                ],
            },
        ),
        quotient(
            "deals_per_lead",
            "deals",
            "leads",
            meta={"unit": "ratio", "parent": "deals", "range": {"min": 0, "max": 1}},
        ),
        simple("replies", meta={"parent": "leads"}),
        simple("cost", meta={"role": "component", "unit": "JPY"}),
        quotient(
            "cost_per_lead",
            "cost",
            "leads",
            meta={"role": "guardrail", "unit": "JPY", "direction": "down", "parent": "leads"},
        ),
    )
    return {node["name"]: deepcopy(node) for node in nodes}


def targets() -> Rows:
    """A year's targets, each some 12 % above the baseline."""
    wanted = {
        "won_revenue": (2.4e9, 2e9),
        "deals": (24_000.0, 21_000.0),
        "price": (104_000.0, 95_000.0),
        "leads": (24_000.0, 21_500.0),
    }
    return {
        name: {
            **{"metric": name, "scope": "all", "grain": "fiscal_year", "period_start": str(YEAR)},
            **{"target": target, "baseline": baseline, "due_date": "2027-03-31"},
            "effective_from": str(YEAR),
        }
        for name, (target, baseline) in wanted.items()
    }


class World:
    """The sound company; change `nodes`, `targets`, `weeks`, `months` and `chances` at will."""

    def __init__(self) -> None:
        """Draw the values: independent from week to week, but replies bring leads a week later."""
        self.nodes, self.targets = sound(), targets()
        self._rng = np.random.default_rng(20260930)
        replies = self.noise()
        self.weeks: dict[str, Floats] = {"replies": replies}
        self.weeks["leads"] = 1_000 + 3 * np.roll(replies, 1) + self.noise()
        self.months: dict[str, Floats] = {
            "won_revenue": 95_000 * self.grown(),
            "price": 40 * self.grown(),
            "deals_per_lead": self.grown() / 8_000,
        }
        self.chances: dict[str, float] = dict.fromkeys(self.targets, 0.5)

    def noise(self) -> Floats:
        """Weekly values around 500 that know nothing of each other."""
        return 500 + 40 * self._rng.standard_normal(WEEKS)

    def walk(self) -> Floats:
        """A random walk."""
        return 5_000 + np.cumsum(40 * self._rng.standard_normal(WEEKS))

    def grown(self) -> Floats:
        """Months of a metric that gains 10 % a year, and two thousand cases a month."""
        return 2_000 * 1.1 ** (np.arange(MONTHS) / 12)

    def design(self, folder: Path, *, with_data: bool = True) -> Design:
        """What the rules see of it."""
        write_manifest(folder, *self.nodes.values())
        data = None
        if with_data:
            file = folder / "published.duckdb"
            file.unlink(missing_ok=True)
            with duckdb.connect(str(file)) as con:
                self.write(con)
                data = make_data(read_tables(con))
        rows = list(self.targets.values())
        return read_design(folder, targets=rows, as_of=AS_OF, data=data)

    def write(self, con: duckdb.DuckDBPyConnection) -> None:
        """The published tables."""
        con.execute(TABLES)
        rows: list[tuple[Any, ...]] = []
        for name, node in self.nodes.items():
            is_ratio = node["type"] == "ratio"
            rows += _rows(name, "week", self.weeks.get(name, self.noise()), _weeks(), is_ratio)
            rows += _rows(name, "month", self.months.get(name, self.grown()), _months(), is_ratio)
        _insert(con, "kpi.fct_kpi_values", rows)
        chances = [
            (m, "fiscal_year", "all", YEAR, date(2027, 3, 31), 9.0, p, 7.0, 11.0, 0.5)
            for m, p in self.chances.items()
        ]
        _insert(con, "kpi.fct_kpi_status", chances)
        # 10,000 deals of 100,000 and 10,000 of 90,000, all in one month.
        sampled = [
            ("deals", group, date(2026, 9, 1), 10_000, name, value)
            for group, price in enumerate((100_000.0, 90_000.0))
            for name, value in (("won_revenue", price), ("deals", 1.0))
        ]
        _insert(con, "kpi.fct_kpi_samples", sampled)
        _insert(con, "load.load_log", [("crm", "deals", 9), ("crm", "dead", 0)])


def change(node: Mapping[str, Any], **meta: Any) -> None:
    """Change `config.meta` of a metric; None takes the key out."""
    found = node["config"]["meta"]
    for key, value in meta.items():
        if value is None:
            found.pop(key, None)
        else:
            found[key] = value


def _weeks() -> list[tuple[date, date]]:
    last = date(2026, 9, 21)
    starts = [last - timedelta(days=7 * back) for back in range(WEEKS - 1, -1, -1)]
    return [(start, start + timedelta(days=6)) for start in starts]


def _months() -> list[tuple[date, date]]:
    starts = [date(2023 + (9 + i) // 12, (9 + i) % 12 + 1, 1) for i in range(MONTHS + 1)]
    return [(a, b - timedelta(days=1)) for a, b in pairwise(starts)]


def _rows(
    name: str, grain: str, values: Floats, periods: list[tuple[date, date]], is_ratio: bool
) -> list[tuple[Any, ...]]:
    rows = []
    for value, (first, last) in zip(values.tolist(), periods, strict=True):
        known = value if math.isfinite(value) else None
        parts = (None, None) if known is None or not is_ratio else (known * CASES, CASES)
        rows.append((name, grain, "all", first, last, known, *parts, "final", "ok"))
    return rows


def _insert(con: duckdb.DuckDBPyConnection, table: str, rows: list[tuple[Any, ...]]) -> None:
    if rows:
        names = [f"c{number}" for number in range(len(rows[0]))]
        given = pa.table(dict(zip(names, map(pa.array, zip(*rows, strict=True)), strict=True)))
        con.register("given", given)
        con.execute(f"insert into {table} select * from given")
        con.unregister("given")
