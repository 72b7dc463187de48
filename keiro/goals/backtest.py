"""Past dates replayed: what would have been forecast then, beside what happened.

A replay sees the values, curves and items of today cut at its date. What was entered late,
corrected or merged since is in them. The history of the raw layer would leave that out exactly, at
the price of a whole build for each date.
"""

import hashlib
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from keiro.goals.facts import EPOCH, Facts, Tables, day_number, gather
from keiro.goals.forecast import forecast
from keiro.goals.table import metrics_of, pairs_of, rounded, wanted_of
from keiro.goals.view import Wanted

# A replay is scored over many, so each needs fewer draws than a forecast that is published.
REPLAY_DRAWS = 500
SCHEMA = pa.schema(
    [
        ("metric", pa.string()),
        ("scope", pa.string()),
        ("grain", pa.string()),
        ("period_start", pa.date32()),
        ("replayed_on", pa.date32()),
        ("target", pa.float64()),
        ("actual", pa.float64()),
        ("reached", pa.float64()),
        ("forecast", pa.float64()),
        ("forecast_lower", pa.float64()),
        ("forecast_upper", pa.float64()),
        ("p_hit", pa.float64()),
        ("run_rate", pa.float64()),
        ("basis", pa.string()),
        ("data_hash", pa.string()),
    ]
)
Kept = dict[tuple[Any, ...], dict[str, Any]]
KEY = ("metric", "scope", "grain", "period_start", "replayed_on", "data_hash")


@dataclass(frozen=True)
class Replay:
    """A past date, a period that was not over then, its target, and what became of it.

    `passed` is the share of the period's target that was to be reached by then.
    """

    wanted: Wanted
    today: int
    target: float
    actual: float
    passed: float


def backtests_table(tables: Tables, as_of: date, kept: pd.DataFrame | None = None) -> pa.Table:
    """One row per row of `int_kpi_replays_wanted`.

    Args:
        tables: gives a relation of DuckDB by the name of its model.
        as_of: last day whose end is known.
        kept: the table of an earlier run. A replay whose data are the same is taken from it.

    """
    rows: pd.DataFrame = (
        tables("int_kpi_replays_wanted")
        .order("metric, scope, grain, period_start, replayed_on")
        .df()
    )
    replays = [_replay_of(row) for row in rows.to_dict("records")]
    wanted = [replay.wanted for replay in replays]
    # A shape within periods is learned from later ones too: a replay does without it.
    facts = replace(gather(tables, as_of, metrics_of(wanted), pairs_of(wanted)), shapes={})
    known = _by_key(kept)
    found = []
    for replay in replays:
        row = _key_of(facts, replay)
        found.append(known.get(_values(row)) or _scored(facts, replay, row))
    return pa.Table.from_pylist(found, schema=SCHEMA)


def _replay_of(row: dict[Any, Any]) -> Replay:
    return Replay(
        wanted=replace(wanted_of(row), value=None, numerator=None, denominator=None),
        today=day_number(row["replayed_on"].date()),
        target=float(row["target"]),
        actual=float(row["actual"]),
        passed=float(row["share_passed"]),
    )


def _by_key(kept: pd.DataFrame | None) -> Kept:
    if kept is None or kept.empty or set(kept.columns) != set(SCHEMA.names):
        return {}
    rows = pa.Table.from_pandas(kept, schema=SCHEMA, preserve_index=False).to_pylist()
    return {_values(row): row for row in rows}


def _values(row: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(row[name] for name in KEY)


def _key_of(facts: Facts, replay: Replay) -> dict[str, Any]:
    """What a replay is known by, with a hash of all that it sees."""
    wanted = replay.wanted
    return {
        "metric": wanted.metric,
        "scope": wanted.scope,
        "grain": wanted.grain,
        "period_start": _day(wanted.period_start),
        "replayed_on": _day(replay.today),
        "data_hash": _data_hash(facts, replay),
    }


def _day(number: int) -> date:
    return date.fromordinal(EPOCH.toordinal() + number)


def _data_hash(facts: Facts, replay: Replay) -> str:
    wanted, today = replay.wanted, replay.today
    digest = hashlib.sha256(repr((_method(), replay)).encode())
    days = facts.calendar.is_business[: wanted.period_end + 1 - facts.first_day]
    digest.update(days.tobytes())
    for name in (wanted.metric, wanted.inflow_metric):
        series = facts.series.get((name or "", wanted.scope))
        if series is None:
            continue
        for values in (series.value, series.numerator, series.denominator):
            digest.update(values[: max(today + 1 - series.first, 0)].tobytes())
    items = facts.items.get(wanted.inflow_stage_pair or "")
    if items is not None:
        items = items.of(wanted.scope)
        begun = items.entered <= today
        ended = np.where(items.ended <= today, items.ended, -1)[begun]
        digest.update(items.entered[begun].tobytes() + ended.tobytes())
        digest.update(items.is_converted[begun & (items.ended <= today)].tobytes())
        digest.update(b"" if items.amount is None else items.amount[begun].tobytes())
    digest.update(repr(facts.spreads.get((wanted.inflow_stage_pair or "", wanted.scope))).encode())
    return digest.hexdigest()[:16]


@lru_cache(maxsize=1)
def _method() -> str:
    """Changes when forecasts are made in another way: then replays that were kept are made anew."""
    digest = hashlib.sha256(f"{version('numpy')} {version('statsmodels')}".encode())
    for file in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(file.read_bytes())
    return digest.hexdigest()


def _scored(facts: Facts, replay: Replay, key: dict[str, Any]) -> dict[str, Any]:
    found = forecast(
        facts, replace(replay.wanted, target=replay.target), replay.today, REPLAY_DRAWS
    )
    outlook, reached = found.outlook, found.reached
    is_flow = replay.wanted.kind in ("count", "amount")
    run_rate = reached
    if is_flow and reached is not None:
        run_rate = reached / replay.passed if replay.passed > 0 else None
    scored = {
        "target": replay.target,
        "actual": replay.actual,
        "reached": reached,
        "forecast": outlook.forecast if outlook else None,
        "forecast_lower": outlook.lower if outlook else None,
        "forecast_upper": outlook.upper if outlook else None,
        "p_hit": outlook.p_hit if outlook else None,
        "run_rate": run_rate,
        "basis": found.basis,
    }
    return key | rounded(scored)
