"""The table of judged initiatives, as a dbt Python model makes it."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date, timedelta
from typing import Any

import pyarrow as pa

Row = Mapping[str, Any]
SCHEMA = pa.schema(
    [(name, pa.string()) for name in ("initiative_id", "role", "metric", "scope", "verdict")]
    + [(name, pa.string()) for name in ("design_used", "reason", "grain", "detail_en", "detail_ja")]
    + [(name, pa.date32()) for name in ("measured_from", "measured_to", "ready_date")]
    + [(name, pa.int64()) for name in ("n_before", "n_after")]
    + [(name, pa.float64()) for name in ("planned_detectable", "detectable")]
    + [(name, pa.float64()) for name in ("effect", "effect_lower", "effect_upper")]
)


def judge_table(measured: pa.Table, series: pa.Table, as_of: date) -> pa.Table:
    """One row per initiative and metric measured of it (`role`: target or guardrail).

    Args:
        measured: initiative_id, role, metric, scope, direction, and the plan's columns.
        series: initiative_id, role and the columns that `keiro.initiatives.judge.judge` reads.
        as_of: the last day whose end is known.

    """
    grouped: dict[tuple[str, str], list[Row]] = {}
    for row in series.to_pylist():
        grouped.setdefault((row["initiative_id"], row["role"]), []).append(row)
    rows = [
        _judged(row, grouped.get((row["initiative_id"], row["role"]), []), as_of)
        for row in measured.to_pylist()
    ]
    return pa.Table.from_pylist(rows, schema=SCHEMA)


def _judged(initiative: Row, series: Sequence[Row], as_of: date) -> dict[str, Any]:
    # SciPy and statsmodels are imported only where there is an initiative.
    from keiro.initiatives.judge import judge, ready_date
    from keiro.initiatives.series import Window
    from keiro.initiatives.wording import sentence

    lag = timedelta(days=initiative["lag_days"])
    window = Window(
        initiative["start_date"], initiative["start_date"] + lag, initiative["end_date"] + lag
    )
    judgement = judge(initiative, series, as_of, wanted_up=initiative["direction"] == "up")
    ready = ready_date(window, series)
    detail_en, detail_ja = sentence(
        judgement, initiative["expected_effect"], ready, initiative["role"]
    )
    return {
        **{name: initiative[name] for name in ("initiative_id", "role", "metric", "scope")},
        "measured_from": window.measured_from,
        "measured_to": window.measured_to,
        "ready_date": ready,
        "detail_en": detail_en,
        "detail_ja": detail_ja,
        **asdict(judgement),
    }
