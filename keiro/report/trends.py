"""Monthly series for the charts and for the table below them."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from keiro.report.goal import FLOWS
from keiro.report.rows import Kpi, Target, Value
from keiro.report.tree import Node
from keiro.report.voice import Voice

SPARK_MONTHS = 13
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
        latest = next(m for m in reversed(months) if m.value is not None)
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

    `s` is the final value and `p` one that may still change, joined to the last final one; the
    field `kind` says how a point is drawn, `trust` which band lies behind it.
    """
    months = voice.facts.months(kpi.metric)
    target = voice.facts.targets.get(kpi.metric)
    rows = []
    for index, month in enumerate(months):
        after = months[index + 1] if index + 1 < len(months) else None
        starts_dashes = month.status == "final" and after is not None and after.status != "final"
        is_drawn = month.status != "insufficient"
        goal = month_target(voice, kpi, target, month)
        rows.append(
            {
                "d": month.period_start.isoformat(),
                "m": (month.period_start + timedelta(days=14)).isoformat(),
                "e": (month.period_end + timedelta(days=1)).isoformat(),
                "v": month.value,
                "s": month.value if month.status == "final" else None,
                "p": month.value
                if is_drawn and (month.status != "final" or starts_dashes)
                else None,
                "t": goal,
                "kind": month.status,
                "trust": month.trust,
                "period": voice.month(month.period_start),
                "value": _said(voice, kpi, month),
                "target": voice.number(goal, kpi.unit),
                "n": voice.integer(month.n),
                "note": _note(voice, month),
            }
        )
    return rows


def spark_rows(voice: Voice, metric: str) -> list[dict[str, Any]]:
    """The latest months of a KPI, as small as can be."""
    months = voice.facts.months(metric)[-SPARK_MONTHS:]
    usable = [m for m in months if m.value is not None and m.status != "insufficient"]
    last = usable[-1].period_start if usable else None
    return [
        {
            "d": month.period_start.isoformat(),
            "v": month.value if month in usable else None,
            "last": month.period_start == last,
            "kind": month.status,
        }
        for month in months
    ]


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


def _by_start(months: list[Value]) -> dict[date, Value]:
    return {month.period_start: month for month in months}


def _said(voice: Voice, kpi: Kpi, month: Value) -> str:
    if month.trust == "withheld":
        return voice.word("trust", "withheld")
    return voice.number(month.value, kpi.unit)


def _note(voice: Voice, month: Value) -> str:
    """Why a point is not to be taken as it stands."""
    notes = []
    if month.trust == "withheld":
        notes.append(voice.cause(voice.withheld_by(month)))
    elif month.trust != "ok":
        notes.append(voice.word("trust", month.trust))
    if month.status != "final" and month.trust != "withheld":
        notes.append(voice.word("maturity", month.status))
    return ", ".join(notes)


def _cell(voice: Voice, kpi: Kpi, month: Value | None) -> Cell:
    if month is None:
        return Cell("", "", "ok")
    return Cell(_said(voice, kpi, month), _note(voice, month), month.trust)
