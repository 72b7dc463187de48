"""Forecasts as a table."""

from collections.abc import Iterable
from datetime import date
from typing import Any

import pandas as pd
import pyarrow as pa

from keiro.goals.facts import Tables, day_number, gather
from keiro.goals.forecast import Forecast, forecast
from keiro.goals.view import Wanted

SCHEMA = pa.schema(
    [
        ("metric", pa.string()),
        ("scope", pa.string()),
        ("grain", pa.string()),
        ("period_start", pa.date32()),
        ("target", pa.float64()),
        ("forecast", pa.float64()),
        ("forecast_lower", pa.float64()),
        ("forecast_upper", pa.float64()),
        ("p_hit", pa.float64()),
        ("basis", pa.string()),
        ("reason", pa.string()),
        ("open_items", pa.float64()),
        ("open_chance", pa.float64()),
        ("from_open", pa.float64()),
        ("from_new", pa.float64()),
        ("reached", pa.float64()),
    ]
)


def forecasts_table(tables: Tables, as_of: date) -> pa.Table:
    """One row per metric, scope, grain and period of `int_kpi_forecasts_wanted`.

    Args:
        tables: gives a relation of DuckDB by the name of its model.
        as_of: last day whose end is known.

    """
    rows: pd.DataFrame = (
        tables("int_kpi_forecasts_wanted").order("metric, scope, grain, period_start").df()
    )
    wanted = [wanted_of(row) for row in rows.to_dict("records")]
    facts = gather(tables, as_of, metrics_of(wanted), pairs_of(wanted))
    return pa.Table.from_pylist(
        [_row(asked, forecast(facts, asked)) for asked in wanted], schema=SCHEMA
    )


def metrics_of(wanted: Iterable[Wanted]) -> set[str]:
    """The metrics whose daily values are needed: themselves and what feeds them."""
    return {
        name for asked in wanted for name in (asked.metric, asked.inflow_metric) if name is not None
    }


def pairs_of(wanted: Iterable[Wanted]) -> set[str]:
    """The stage pairs whose curves and items are needed."""
    return {asked.inflow_stage_pair for asked in wanted if asked.inflow_stage_pair is not None}


def wanted_of(row: dict[Any, Any]) -> Wanted:
    """A row of `int_kpi_forecasts_wanted`."""
    known: dict[Any, Any] = {name: None if pd.isna(value) else value for name, value in row.items()}
    return Wanted(
        metric=known["metric"],
        scope=known["scope"],
        grain=known["grain"],
        period_start=day_number(known["period_start"].date()),
        period_end=day_number(known["period_end"].date()),
        kind=known["kind"],
        direction=known["direction"],
        value=known["value"],
        numerator=known["numerator"],
        denominator=known["denominator"],
        is_withheld=known["trust"] == "withheld",
        target=known["target"],
        is_quotient=bool(known["is_quotient"]),
        numerator_kind=known["numerator_kind"],
        inflow_metric=known["inflow_metric"],
        inflow_stage_pair=known["inflow_stage_pair"],
        followed_days=int(known["followed_days"]),
    )


def rounded(row: dict[str, Any]) -> dict[str, Any]:
    """Numbers with twelve digits: what sums of another order would change is not shown."""
    return {
        name: float(f"{value:.12g}") if isinstance(value, float) else value
        for name, value in row.items()
    }


def _row(asked: Wanted, found: Forecast) -> dict[str, Any]:
    outlook, inflow = found.outlook, found.inflow
    row = {
        "metric": asked.metric,
        "scope": asked.scope,
        "grain": asked.grain,
        "period_start": asked.period_start,
        "target": asked.target,
        "forecast": outlook.forecast if outlook else None,
        "forecast_lower": outlook.lower if outlook else None,
        "forecast_upper": outlook.upper if outlook else None,
        "p_hit": outlook.p_hit if outlook else None,
        "basis": found.basis,
        "reason": found.reason,
        "open_items": inflow.open_total if inflow else None,
        "open_chance": inflow.open_chance if inflow else None,
        "from_open": found.from_open,
        "from_new": found.from_new,
        "reached": found.reached,
    }
    return rounded(row)
