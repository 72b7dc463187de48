"""The KGI and the answers to a manager's three questions."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from keiro.report.outlook import Score, Tile, outlook_tiles, scores
from keiro.report.rows import Target
from keiro.report.tree import Node, furthest_behind, not_to_rely_on
from keiro.report.voice import Voice

HELD_BACK_BY = 4
UNRELIABLE = 5
FLOWS = ("count", "amount")


@dataclass(frozen=True)
class Goal:
    """The head of the page in one language."""

    node: Node | None
    sentence: str
    tiles: tuple[Tile, ...]
    scores: tuple[Score, ...]
    chart: str
    cumulative: str
    has_hole: bool
    has_forecast: bool
    held_back_by: tuple[Node, ...]
    unreliable: tuple[Node, ...]
    more_unreliable: int
    open_flags: int


def build_goal(voice: Voice, roots: list[Node]) -> Goal:
    """The KGI is the first root with that role; a project without one gets a page too."""
    node = next((n for root in roots for n in root.walk() if n.role == "kgi"), None)
    doubtful = not_to_rely_on(roots)
    rows = pace_rows(voice)
    return Goal(
        node=node,
        sentence=_sentence(voice, node),
        tiles=_tiles(voice, node) if node else (),
        scores=scores(voice),
        chart=_chart_text(voice, node) if node else "",
        cumulative=voice.t("cumulative", period=voice.fiscal_year()) if rows else "",
        has_hole=any(row["hole"] for row in rows),
        has_forecast=any(row["f"] is not None for row in rows),
        held_back_by=tuple(furthest_behind(roots, HELD_BACK_BY)),
        unreliable=tuple(doubtful[:UNRELIABLE]),
        more_unreliable=max(len(doubtful) - UNRELIABLE, 0),
        open_flags=sum(1 for flag in voice.facts.flags if flag.closed_at is None),
    )


def kgi_metric(voice: Voice) -> str | None:
    """The name of the KGI."""
    return next((k.metric for k in voice.facts.kpis.values() if k.role == "kgi"), None)


def pace_rows(voice: Voice) -> list[dict[str, Any]]:
    """The KGI day by day through its fiscal year: reached, expected, and reached the year before.

    Empty where the KGI is no flow or its value of the year is withheld.
    """
    facts, metric = voice.facts, kgi_metric(voice)
    kpi = facts.kpis[metric] if metric else None
    now = facts.current(metric) if metric else None
    if kpi is None or kpi.kind not in FLOWS or facts.as_of is None or facts.fiscal_year is None:
        return []
    if now is None or now.trust == "withheld":
        return []
    daily = {v.period_start: v for v in facts.values.get((kpi.metric, "day"), [])}
    year = [day for day in facts.days if day.fiscal_year == facts.fiscal_year]
    before = [day for day in facts.days if day.fiscal_year != facts.fiscal_year]
    # The line of the year before is drawn only where that year was measured from its first day.
    is_known = bool(before) and before[0].date_day in daily
    target = _target_of_year(voice, kpi.metric)
    business_days = sum(day.is_business_day for day in year) or 1
    reached = earlier = passed = 0.0
    rows: list[dict[str, Any]] = []
    for index, day in enumerate(year):
        value = daily.get(day.date_day)
        is_past = day.date_day <= facts.as_of
        reached += (value.value or 0.0) if value and is_past else 0.0
        passed += day.is_business_day
        if is_known and index < len(before):
            past = daily.get(before[index].date_day)
            earlier += (past.value or 0.0) if past else 0.0
        expected = target.target * passed / business_days if target and target.target else None
        rows.append(
            {
                "d": day.date_day.isoformat(),
                "a": reached if is_past else None,
                "t": expected,
                "b": earlier if is_known and index < len(before) else None,
                "hole": bool(is_past and value and value.trust == "withheld"),
                "k": f"{voice.number(reached, kpi.unit)}" if is_past else "",
                "kt": voice.number(expected, kpi.unit),
                "kb": voice.number(earlier, kpi.unit) if is_known else "",
                "kd": voice.day(day.date_day),
                **_fan(day.date_day, facts.as_of, target, reached),
            }
        )
    return rows


def _fan(day: date, as_of: date, target: Target | None, reached: float) -> dict[str, float | None]:
    """Forecast and interval: what is reached on the as-of date, the bounds on the last day."""
    none: dict[str, float | None] = {"f": None, "fl": None, "fu": None}
    if target is None or target.forecast is None or target.period_end <= as_of:
        return none
    if day == as_of:
        return {"f": reached, "fl": reached, "fu": reached}
    if day == target.period_end:
        return {
            "f": target.forecast,
            "fl": target.forecast_lower,
            "fu": target.forecast_upper,
        }
    return none


def _target_of_year(voice: Voice, metric: str) -> Target | None:
    target = voice.facts.targets.get(metric)
    is_of_year = target and (target.grain, target.period_start) == (
        "fiscal_year",
        voice.facts.fiscal_year,
    )
    return target if is_of_year else None


def _sentence(voice: Voice, node: Node | None) -> str:
    if node is None:
        return voice.t("kgi_none")
    if node.trust == "withheld":
        return voice.t("kgi_withheld", label=node.label, cause=node.cause)
    target = voice.facts.targets.get(node.metric)
    value = voice.facts.current(node.metric)
    if (target is None or target.actual is None) and (value is None or value.value is None):
        return voice.t("kgi_no_value", label=node.label)
    if target is None or target.attainment is None:
        return voice.t("kgi_no_target", label=node.label, actual=node.value)
    said = {"label": node.label, "actual": node.value, "target": node.target}
    if target.pace_index is None:
        return voice.t("kgi_compared", **said, attainment=node.attainment)
    return voice.t(
        "kgi_paced",
        **said,
        attainment=node.attainment,
        expected=_expected(voice, target),
        pace=voice.percent(target.pace_index),
    )


def _expected(voice: Voice, target: Target) -> str:
    unit = voice.facts.kpis[target.metric].unit
    if target.target is None or target.expected_share is None:
        return voice.number(None, unit)
    return voice.number(target.target * target.expected_share, unit)


def _tiles(voice: Voice, node: Node) -> tuple[Tile, ...]:
    target = voice.facts.targets.get(node.metric)
    if target is None or node.trust == "withheld":
        return ()
    unit = voice.facts.kpis[node.metric].unit
    tiles = [
        Tile(
            voice.t("target"), node.target, voice.exact(target.target, unit), _until(voice, target)
        ),
        Tile(voice.t("attainment"), node.attainment, "", ""),
    ]
    if target.pace_index is None or target.target is None or target.expected_share is None:
        return (*tiles, *outlook_tiles(voice, target))
    expected = target.target * target.expected_share
    left = max(target.target - (target.actual or 0.0), 0.0)
    return (
        *tiles,
        Tile(
            voice.t("expected"),
            voice.number(expected, unit),
            voice.exact(expected, unit),
            voice.t("expected_note", share=voice.percent(_passed(target))),
        ),
        Tile(voice.t("pace"), voice.percent(target.pace_index), "", voice.t("pace_note")),
        Tile(
            voice.t("remaining"),
            voice.number(left, unit),
            voice.exact(left, unit),
            voice.t("remaining_note", n=voice.integer(_business_days_left(voice, target))),
        ),
        *outlook_tiles(voice, target),
    )


def _passed(target: Target) -> float | None:
    """The share of business days that have passed, which is the expected one without a shape."""
    return target.expected_share if target.business_share is None else target.business_share


def _until(voice: Voice, target: Target) -> str:
    return voice.days(target.period_start, target.period_end)


def _business_days_left(voice: Voice, target: Target) -> int:
    as_of = voice.facts.as_of
    return sum(
        1
        for day in voice.facts.days
        if day.is_business_day and as_of and as_of < day.date_day <= target.period_end
    )


def _chart_text(voice: Voice, node: Node) -> str:
    target = voice.facts.targets.get(node.metric)
    return voice.t(
        "chart_cumulative",
        label=node.label,
        period=voice.fiscal_year(),
        actual=node.value,
        expected=_expected(voice, target) if target else voice.t("no_target"),
    )
