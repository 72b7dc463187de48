"""Verdicts on initiatives: too early, underpowered, no effect shown, effect or harm."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal

from keiro.initiatives.designs import DESIGNS, Design, estimate, parallel_before, plan
from keiro.initiatives.fitting import Fit
from keiro.initiatives.panel import Panel
from keiro.initiatives.series import Window, build_panel, grain_of

Verdict = Literal["too_early", "underpowered", "no_effect_shown", "effect", "harm"]
Reason = Literal[
    "as_planned", "no_control", "short_before", "short_after", "not_parallel", "no_fit"
]
# Fewer periods than these cannot tell noise from persistence.
MIN_BEFORE: dict[Design, int] = {
    "randomised": 0,
    "difference_in_differences": 12,
    "interrupted_series": 20,
    "before_after": 8,
}
MIN_AFTER: dict[Design, int] = {
    "randomised": 10,
    "difference_in_differences": 3,
    "interrupted_series": 3,
    "before_after": 3,
}
Row = Mapping[str, Any]


@dataclass(frozen=True)
class Judgement:
    """What is known of an initiative's effect on one metric; effects are relative changes.

    `planned_detectable` is the smallest effect that the declared design would find with 80 % power,
    by the noise before the start; `detectable` that of the design used, by what was observed.
    """

    verdict: Verdict
    design_used: Design | None
    reason: Reason | None
    grain: str
    n_before: int
    n_after: int
    planned_detectable: float | None
    detectable: float | None
    effect: float | None
    effect_lower: float | None
    effect_upper: float | None


def judge(initiative: Row, series: Sequence[Row], as_of: date, *, wanted_up: bool) -> Judgement:
    """Judge one metric of an initiative.

    Args:
        initiative: design, start_date, end_date, lag_days and expected_effect; a guardrail's
            expected effect is null.
        series: rows with arm, grain, period_start, period_end, numerator, exposure and
            horizon_days, of days that are final.
        as_of: the last day whose end is known.
        wanted_up: whether more of the metric is better.

    There is one verdict, when the planned time is over and all of it final: who looks every day
    until a difference shows finds one in the end.

    """
    window = Window(
        initiative["start_date"],
        initiative["start_date"] + timedelta(days=initiative["lag_days"]),
        initiative["end_date"] + timedelta(days=initiative["lag_days"]),
    )
    declared: Design = initiative["design"]
    planned = _planned(declared, series, window, up=_sign(initiative, wanted_up) > 0)
    if as_of < ready_date(window, series):
        panel = build_panel(series, grain_of(declared), window)
        return _silent("too_early", declared, panel, planned)
    used, found, panel, reason = _strongest(declared, series, window)
    if used is None or found is None:
        return _silent("underpowered", declared, panel, planned, reason)
    return Judgement(
        verdict=_verdict(found, initiative["expected_effect"], wanted_up=wanted_up),
        design_used=used,
        reason=reason,
        grain=grain_of(used),
        n_before=panel.before,
        n_after=panel.after,
        planned_detectable=planned,
        detectable=_relative(_sign(initiative, wanted_up) * found.detectable),
        effect=_relative(found.coefficient),
        effect_lower=_relative(found.lower),
        effect_upper=_relative(found.upper),
    )


def ready_date(window: Window, series: Sequence[Row]) -> date:
    """The day from which the whole measured time is final."""
    horizon = max((int(row["horizon_days"]) for row in series), default=0)
    return window.measured_to + timedelta(days=horizon)


def _verdict(found: Fit, expected: float | None, *, wanted_up: bool) -> Verdict:
    lower, upper = (found.lower, found.upper) if wanted_up else (-found.upper, -found.lower)
    if lower > 0:
        return "effect"
    if upper < 0:
        return "harm"
    # A guardrail expects nothing: it is watched for harm, and its interval says how well.
    if expected is not None and abs(math.log1p(expected)) < found.detectable:
        return "underpowered"
    return "no_effect_shown"


def _strongest(
    declared: Design, series: Sequence[Row], window: Window
) -> tuple[Design | None, Fit | None, Panel, Reason]:
    """The strongest design from the declared one on that the data allow, and why not that one."""
    first: Reason | None = None
    panel = build_panel(series, grain_of(declared), window)
    for design in DESIGNS[DESIGNS.index(declared) :]:
        panel = build_panel(series, grain_of(design), window, with_control=design != "before_after")
        reason = _obstacle(design, panel)
        if reason is None:
            try:
                return design, estimate(design, panel), panel, first or "as_planned"
            except ValueError:
                reason = "no_fit"
        first = first or reason
    return None, None, panel, first or "no_fit"


def _obstacle(design: Design, panel: Panel) -> Reason | None:
    if design != "before_after" and panel.control is None:
        return "no_control"
    if panel.before < MIN_BEFORE[design]:
        return "short_before"
    if panel.after < MIN_AFTER[design]:
        return "short_after"
    if design == "difference_in_differences":
        try:
            return None if parallel_before(panel) else "not_parallel"
        except ValueError:
            return "no_fit"
    return None


def _planned(declared: Design, series: Sequence[Row], window: Window, *, up: bool) -> float | None:
    """What the declared design can detect, else the next weaker one with enough history."""
    for design in DESIGNS[DESIGNS.index(declared) :]:
        grain = grain_of(design)
        panel = build_panel(series, grain, window, with_control=design != "before_after")
        enough = max(MIN_BEFORE[design], 8)
        if panel.before < enough or (design != "before_after" and panel.control is None):
            continue
        try:
            size = plan(design, panel, window.planned(grain))
        except ValueError:
            continue
        return _relative(size if up else -size)
    return None


def _sign(initiative: Row, wanted_up: bool) -> int:
    """The direction in which an effect is looked for; of a guardrail, that of harm."""
    if initiative["expected_effect"] is None:
        return -1 if wanted_up else 1
    return 1 if initiative["expected_effect"] > 0 else -1


def _relative(logarithm: float) -> float:
    """A difference of logs as a relative change, within what a number can hold."""
    return math.expm1(min(logarithm, 50.0))


def _silent(
    verdict: Verdict,
    declared: Design,
    panel: Panel,
    planned: float | None,
    reason: Reason | None = None,
) -> Judgement:
    return Judgement(
        verdict, None, reason, grain_of(declared), panel.before, panel.after, planned,
        None, None, None, None,
    )  # fmt: skip
