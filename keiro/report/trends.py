"""Monthly series for the charts and for the table below them."""

import math
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from keiro.report.goal import FLOWS
from keiro.report.rows import Kpi, Target, Value
from keiro.report.tree import Node
from keiro.report.voice import Voice

SPARK_MONTHS = 13
ROOM_ABOVE = 1.25
MAIN_ROLES = ("kgi", "main")


@dataclass(frozen=True)
class Trend:
    """A chart of one KPI by month: which data, in which unit, and what it shows in words."""

    metric: str
    label: str
    unit: str
    latest: str
    latest_note: str
    text: str


@dataclass(frozen=True)
class Cell:
    """A value of the table of months; `note` says why it is not to be taken as it stands."""

    value: str
    note: str
    trust: str


def chosen(voice: Voice, roots: list[Node]) -> list[Kpi]:
    """The goal, the main KPIs and the conversions, in the order of the tree."""
    order = [node.metric for root in roots for node in root.walk() if node.has_months]
    kpis = [voice.facts.kpis[metric] for metric in order]
    first = [kpi for kpi in kpis if kpi.role in MAIN_ROLES]
    return sorted(first, key=_role_rank) + [
        kpi for kpi in kpis if kpi.role not in MAIN_ROLES and kpi.kind == "rate"
    ]


def build_trends(voice: Voice, kpis: list[Kpi]) -> list[Trend]:
    """A chart for each KPI."""
    trends = []
    for kpi in kpis:
        months = voice.facts.months(kpi.metric)
        latest = _latest(months)
        note = "" if latest.status == "final" else voice.word("maturity", latest.status)
        month = voice.month(latest.period_start)
        trends.append(
            Trend(
                metric=kpi.metric,
                label=voice.label(kpi.metric),
                unit=kpi.unit,
                latest=voice.number(latest.value, kpi.unit),
                latest_note=f"{month} {note}".strip(),
                text=voice.t(
                    "chart_months",
                    label=voice.label(kpi.metric),
                    first=voice.month(months[0].period_start),
                    last=voice.month(months[-1].period_start),
                    value=voice.number(latest.value, kpi.unit),
                ),
            )
        )
    return trends


def month_rows(voice: Voice, kpi: Kpi) -> list[dict[str, Any]]:
    """Points of a KPI's chart, one per month.

    `v` is the point, `s` a final value and `p` one that may still change, joined to the last
    final one; `kind` says how a point is drawn, `trust` which band lies behind it.
    """
    months = voice.facts.months(kpi.metric)
    target = voice.facts.targets.get(kpi.metric)
    points = drawn(months)
    rows = []
    for index, month in enumerate(months):
        after = months[index + 1] if index + 1 < len(months) else None
        point = points[month.period_start]
        is_final = month.status == "final"
        is_dashed = month.status == "provisional" or (
            is_final and after is not None and after.status == "provisional"
        )
        goal = month_target(voice, kpi, target, month)
        rows.append(
            {
                "d": month.period_start.isoformat(),
                "m": (month.period_start + timedelta(days=14)).isoformat(),
                "e": (month.period_end + timedelta(days=1)).isoformat(),
                "v": point,
                "s": point if is_final else None,
                "p": point if is_dashed else None,
                "t": goal,
                "kind": month.status,
                "trust": month.trust,
                "period": voice.month(month.period_start),
                "value": _said(voice, kpi, month),
                "target": voice.number(goal, kpi.unit),
                "n": voice.integer(month.n),
                "note": _note(voice, month) or voice.word("maturity", month.status),
            }
        )
    return rows


def spark_rows(voice: Voice, metric: str) -> list[dict[str, Any]]:
    """The latest months of a KPI, as small as can be."""
    months = voice.facts.months(metric)[-SPARK_MONTHS:]
    points = drawn(months)
    last = max((start for start, point in points.items() if point is not None), default=None)
    return [
        {
            "d": month.period_start.isoformat(),
            "v": points[month.period_start],
            "last": month.period_start == last,
            "kind": month.status,
        }
        for month in months
    ]


def drawn(months: list[Value]) -> dict[date, float | None]:
    """The points of a chart by month.

    A value on too few cases is drawn, but not where it would push the usable ones together: two
    conversions of three people are 67 %. The table of months has it in any case.
    """
    usable = [m.value for m in months if m.value is not None and m.status != "insufficient"]
    ceiling = max(usable) * ROOM_ABOVE if usable else math.inf
    return {
        month.period_start: month.value
        if month.status != "insufficient" or (month.value or 0.0) <= ceiling
        else None
        for month in months
    }


def month_table(voice: Voice, kpis: list[Kpi]) -> list[tuple[str, list[Cell]]]:
    """The same values as text: one line per month, newest first, one cell per KPI."""
    by_metric = {kpi.metric: _by_start(voice.facts.months(kpi.metric)) for kpi in kpis}
    starts = sorted({start for months in by_metric.values() for start in months}, reverse=True)
    return [
        (
            voice.month(start),
            [_cell(voice, kpi, by_metric[kpi.metric].get(start)) for kpi in kpis],
        )
        for start in starts
    ]


def month_target(voice: Voice, kpi: Kpi, target: Target | None, month: Value) -> float | None:
    """A year's target as a month sees it: by business days for a flow, as it is for the rest."""
    if target is None or target.target is None:
        return None
    if not target.period_start <= month.period_start <= target.period_end:
        return None
    if kpi.kind not in FLOWS or target.grain == "month":
        return target.target
    if (target.grain, target.period_start) != ("fiscal_year", voice.facts.fiscal_year):
        return None
    return target.target * voice.facts.business_share(month.period_start, month.period_end)


def _role_rank(kpi: Kpi) -> int:
    return MAIN_ROLES.index(kpi.role)


def _latest(months: list[Value]) -> Value:
    """The latest value on enough cases, else the latest one."""
    valued = [month for month in reversed(months) if month.value is not None]
    return next((month for month in valued if month.status != "insufficient"), valued[0])


def _by_start(months: list[Value]) -> dict[date, Value]:
    return {month.period_start: month for month in months}


def _said(voice: Voice, kpi: Kpi, month: Value) -> str:
    if month.trust == "withheld":
        return voice.word("trust", "withheld")
    return voice.number(month.value, kpi.unit)


def _note(voice: Voice, month: Value) -> str:
    """Why a point is not to be taken as it stands."""
    if month.trust == "withheld":
        return voice.cause(voice.withheld_by(month))
    trust = [] if month.trust == "ok" else [voice.word("trust", month.trust)]
    maturity = [] if month.status == "final" else [voice.word("maturity", month.status)]
    return ", ".join(trust + maturity)


def _cell(voice: Voice, kpi: Kpi, month: Value | None) -> Cell:
    if month is None:
        return Cell("", "", "ok")
    return Cell(_said(voice, kpi, month), _note(voice, month), month.trust)
