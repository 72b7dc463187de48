"""What forecasts are made from: daily values, the calendar, curves and items, as arrays."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from keiro.goals.arrays import Floats, Ints
from keiro.goals.chances import Amounts, Curve, OpenItems
from keiro.goals.days import Calendar

EPOCH = date(1970, 1, 1)
Key = tuple[str, str]
# Gives a table of the project by its name.
Tables = Callable[[str], Any]
# What deals are worth is learned from the newest won ones.
AMOUNTS_KEPT = 500


def day_number(day: date) -> int:
    """Days since 1 January 1970."""
    return (day - EPOCH).days


@dataclass(frozen=True)
class Series:
    """Daily values from `first` on (a day number); NaN where a day is not known."""

    first: int
    value: Floats
    numerator: Floats
    denominator: Floats


@dataclass(frozen=True)
class Items:
    """Entities of a stage pair or deals: days of entry and end (far away while open), amounts."""

    scope: np.ndarray[Any, np.dtype[Any]]
    entered: Ints
    ended: Ints
    is_converted: Ints
    amount: Floats | None

    def of(self, scope: str) -> "Items":
        """Those of a scope, all of them in `all`."""
        if scope == "all":
            return self
        kept = self.scope == scope
        return Items(
            self.scope[kept],
            self.entered[kept],
            self.ended[kept],
            self.is_converted[kept],
            None if self.amount is None else self.amount[kept],
        )

    def open_on(self, today: int) -> OpenItems:
        """The items that are open at the end of a day."""
        is_open = (self.entered <= today) & (self.ended > today)
        ages = today - self.entered[is_open]
        return OpenItems(ages, None if self.amount is None else self.amount[is_open])

    def conversions(self, first: int, last: int) -> Floats:
        """How many converted on each day from `first` to `last`."""
        days = self.ended[(self.is_converted == 1) & (self.ended >= first) & (self.ended <= last)]
        return np.bincount(days - first, minlength=max(last + 1 - first, 0)).astype(float)

    def amounts_on(self, today: int) -> Amounts | None:
        """What items are worth that had converted by the end of a day; null without amounts."""
        if self.amount is None:
            return None
        converted = np.flatnonzero((self.is_converted == 1) & (self.ended <= today))
        newest = converted[np.argsort(self.ended[converted], kind="stable")][-AMOUNTS_KEPT:]
        known = self.amount[newest]
        has_one = np.isfinite(known)
        return Amounts(known[has_one], float(has_one.mean()) if len(known) else 1.0)


@dataclass(frozen=True)
class Facts:
    """All that forecasts need. Arrays by day begin with `first_day`.

    `parts` places each day within its period by grain; `shapes` weighs the parts by metric, scope
    and grain; `spreads` are variances of the conversion between cohorts.
    """

    as_of: int
    first_day: int
    calendar: Calendar
    parts: dict[str, Ints]
    shapes: dict[tuple[str, str, str], Floats]
    series: dict[Key, Series]
    curves: dict[Key, Curve]
    spreads: dict[Key, float]
    items: dict[str, Items]


NEVER = 10**6


def gather(tables: Tables, as_of: date, metrics: set[str], pairs: set[str]) -> Facts:
    """Read what forecasts of the metrics need.

    Args:
        tables: gives a relation of DuckDB by the name of its model.
        as_of: last day whose end is known.
        metrics: whose daily values are read, with those that feed them.
        pairs: stage pairs whose curves and items are read.

    """
    dates = _frame(tables("dim_dates").project("date_day, iso_weekday, is_business_day"))
    dates = dates.sort_values("date_day")
    first_day = int(_days(dates["date_day"])[0])
    return Facts(
        as_of=day_number(as_of),
        first_day=first_day,
        calendar=Calendar(
            dates["iso_weekday"].to_numpy(np.int64) - 1,
            dates["is_business_day"].to_numpy(bool),
        ),
        parts=_parts(tables, first_day, len(dates)),
        shapes=_shapes(tables),
        series=_series(tables, metrics),
        curves=_curves(tables, pairs),
        spreads=_spreads(tables),
        items=_items(tables, pairs),
    )


def _frame(relation: Any) -> pd.DataFrame:
    frame: pd.DataFrame = relation.df()
    return frame


def _days(column: Any) -> Ints:
    """Dates as day numbers; no date is far away."""
    days = pd.to_datetime(column).to_numpy("datetime64[D]")
    return np.where(np.isnat(days), NEVER, days.astype(np.int64))


def _texts(names: set[str]) -> str:
    return ", ".join("'" + name.replace("'", "''") + "'" for name in sorted(names)) or "null"


def _parts(tables: Tables, first_day: int, days: int) -> dict[str, Ints]:
    placed = _frame(tables("int_period_days_placed").project("grain, date_day, part"))
    parts = {}
    for grain, rows in placed.groupby("grain"):
        parts[str(grain)] = np.ones(days, np.int64)
        parts[str(grain)][_days(rows["date_day"]) - first_day] = rows["part"].to_numpy(np.int64)
    return parts


def _shapes(tables: Tables) -> dict[tuple[str, str, str], Floats]:
    learned = _frame(tables("int_kpi_shapes_learned").filter("periods >= 2"))
    shapes = {}
    for (metric, scope, grain), rows in learned.groupby(["metric", "scope", "grain"]):
        weights = np.ones(int(rows["part"].max()) + 1)
        weights[rows["part"].to_numpy(np.int64)] = rows["weight"]
        shapes[str(metric), str(scope), str(grain)] = weights
    return shapes


def _series(tables: Tables, metrics: set[str]) -> dict[Key, Series]:
    relation = tables("fct_kpi_values").filter(f"grain = 'day' and metric in ({_texts(metrics)})")
    daily = _frame(relation.project("metric, scope, period_start, value, numerator, denominator"))
    daily["day"] = _days(daily["period_start"])
    daily = daily.sort_values(["metric", "scope", "day"])
    found = {}
    for (metric, scope), rows in daily.groupby(["metric", "scope"], sort=False):
        day = rows["day"].to_numpy()
        first, size = int(day[0]), int(day[-1] - day[0]) + 1
        columns = {}
        for name in ("value", "numerator", "denominator"):
            columns[name] = np.full(size, np.nan)
            columns[name][day - first] = rows[name].to_numpy(float)
        found[str(metric), str(scope)] = Series(first, **columns)
    return found


def _curves(tables: Tables, pairs: set[str]) -> dict[Key, Curve]:
    relation = tables("fct_conversion_curves").filter(f"stage_pair in ({_texts(pairs)})")
    rows = _frame(
        relation.project("stage_pair, scope, lag_days, n_at_risk, converted, lost")
    ).sort_values(["stage_pair", "scope", "lag_days"])
    return {
        (str(pair), str(scope)): Curve(
            group["n_at_risk"].to_numpy(float),
            group["converted"].to_numpy(float),
            group["lost"].to_numpy(float),
        )
        for (pair, scope), group in rows.groupby(["stage_pair", "scope"], sort=False)
    }


def _spreads(tables: Tables) -> dict[Key, float]:
    rows = _frame(tables("int_conversion_spreads").project("stage_pair, scope, between_variance"))
    return {
        (str(row.stage_pair), str(row.scope)): max(0.0, float(row.between_variance or 0.0))
        for row in rows.itertuples()
    }


def _items(tables: Tables, pairs: set[str]) -> dict[str, Items]:
    """By pair; where it ends in won, deals with their amounts stand for the entities."""
    stages = _frame(tables("dim_stages").filter("kind = 'won'").project("stage"))
    people = tables("fct_stage_conversions").filter(f"stage_pair in ({_texts(pairs)})")
    rows = _frame(
        people.project(
            "stage_pair, to_stage, 'channel=' || channel as scope, entered_date as entered, "
            "case when event_kind != 'open' then entered_date + event_days::integer end as ended, "
            "(event_kind = 'converted')::integer as is_converted, null::double as amount"
        ).order("stage_pair, entered, ended, scope")
    )
    found = {}
    for (pair, to_stage), group in rows.groupby(["stage_pair", "to_stage"]):
        is_deal = to_stage in set(stages["stage"])
        chosen = _deals(tables) if is_deal else group
        found[str(pair)] = Items(
            scope=chosen["scope"].to_numpy(object),
            entered=_days(chosen["entered"]),
            ended=_days(chosen["ended"]),
            is_converted=chosen["is_converted"].to_numpy(np.int64),
            amount=chosen["amount"].to_numpy(float) if is_deal else None,
        )
    return found


def _deals(tables: Tables) -> pd.DataFrame:
    """Deals that are open or closed on a known day; others have a stage that nobody mapped.

    Their order is that of their values, so that draws do not depend on ids.
    """
    known = tables("fct_opportunities").filter("is_open or closed_date is not null")
    return _frame(
        known.project(
            "'channel=' || channel as scope, created_date as entered, closed_date as ended, "
            "is_won::integer as is_converted, amount::double as amount"
        ).order("entered, ended, is_converted, amount, scope")
    )
