"""Verdicts on series made by hand: which one, by which design, when, and how it is said."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from keiro.initiatives.judge import judge
from keiro.initiatives.wording import sentence

MONDAY = date(2025, 1, 6)
START = 40  # weeks after it
# A pattern that repeats every four weeks: noise without persistence, the same before and after.
NOISE = (0.9, 1.1, 1.05, 0.95)
PLAN = {
    "design": "difference_in_differences",
    "start_date": MONDAY + timedelta(weeks=START),
    "end_date": MONDAY + timedelta(weeks=START + 12) - timedelta(days=1),
    "lag_days": 0,
    "expected_effect": 0.2,
}
READY = PLAN["end_date"]


def weeks(
    arm: str, before: float, after: float, *, trend: float = 0.0, shift: int = 0
) -> list[Any]:
    """Counts by week, over 40 weeks before and 12 after the start."""
    return [
        {
            "arm": arm,
            "grain": "week",
            "period_start": MONDAY + timedelta(weeks=week),
            "period_end": MONDAY + timedelta(weeks=week, days=6),
            "horizon_days": 0,
            "numerator": (before if week < START else after)
            * (1 + trend * week)
            * NOISE[(week + shift) % 4],
            "exposure": 1.0,
        }
        for week in range(START + 12)
    ]


CONTROL = weeks("control", 200, 200, shift=1)


def verdict(treated: list[Any], plan: Any = PLAN, *, up: bool = True, as_of: date = READY) -> Any:
    return judge(plan, treated + CONTROL, as_of, wanted_up=up)


def test_an_effect_is_the_ratio_of_the_ratios() -> None:
    found = verdict(weeks("treated", 100, 150))
    assert (found.verdict, found.design_used, found.reason) == (
        "effect",
        "difference_in_differences",
        "as_planned",
    )
    assert found.effect == pytest.approx(0.5)
    assert found.effect_lower < 0.5 < found.effect_upper
    assert (found.n_before, found.n_after, found.grain) == (40, 12, "week")


def test_what_moves_both_is_no_effect() -> None:
    control = weeks("control", 200, 300, shift=1)
    found = judge(PLAN, weeks("treated", 100, 150) + control, READY, wanted_up=True)
    assert found.verdict == "no_effect_shown"
    assert found.effect == pytest.approx(0, abs=1e-9)


def test_a_fall_is_harm_or_an_effect_as_the_metric_wants_it() -> None:
    fallen = weeks("treated", 100, 60)
    assert verdict(fallen).verdict == "harm"
    wanted_down = PLAN | {"expected_effect": -0.2}
    assert verdict(fallen, wanted_down, up=False).verdict == "effect"
    assert verdict(weeks("treated", 100, 160), wanted_down, up=False).verdict == "harm"
    guardrail = PLAN | {"expected_effect": None}
    assert verdict(fallen, guardrail).verdict == "harm"


def test_what_is_smaller_than_it_could_see_is_underpowered() -> None:
    nothing = weeks("treated", 100, 100)
    found = verdict(nothing)
    assert found.verdict == "no_effect_shown"
    assert 0 < found.detectable < 0.2
    small = PLAN | {"expected_effect": found.detectable / 2}
    assert verdict(nothing, small).verdict == "underpowered"
    # A guardrail expects nothing, so nothing is too small for it.
    assert verdict(nothing, PLAN | {"expected_effect": None}).verdict == "no_effect_shown"


def test_there_is_no_verdict_before_all_is_final() -> None:
    treated = weeks("treated", 100, 300)
    found = verdict(treated, as_of=READY - timedelta(days=1))
    assert (found.verdict, found.effect, found.design_used) == ("too_early", None, None)
    assert found.planned_detectable is not None
    followed = [row | {"horizon_days": 30} for row in treated]
    assert verdict(followed, as_of=READY + timedelta(days=29)).verdict == "too_early"
    assert verdict(followed, as_of=READY + timedelta(days=30)).verdict == "effect"
    late = PLAN | {"lag_days": 7}
    assert verdict(treated, late, as_of=READY + timedelta(days=6)).verdict == "too_early"


def test_the_lag_is_left_out() -> None:
    """In the first four weeks nothing shows; measured from the fifth on, all of it does."""
    treated = weeks("treated", 100, 150)
    for row in treated[START : START + 4]:
        row["numerator"] /= 1.5
    lagged = PLAN | {"lag_days": 28, "end_date": READY - timedelta(days=28)}
    found = verdict(treated, lagged)
    assert (found.effect, found.n_after) == (pytest.approx(0.5), 8)


def test_a_control_that_drifts_away_is_not_compared_with() -> None:
    """The treated series grows by itself; taken for an effect that would be half as much again."""
    growing = weeks("treated", 100, 100, trend=0.02)
    found = verdict(growing)
    assert (found.design_used, found.reason) == ("interrupted_series", "not_parallel")
    assert found.verdict != "effect"


def test_without_a_control_before_and_after_are_compared_and_called_no_evidence() -> None:
    found = judge(PLAN, weeks("treated", 100, 150), READY, wanted_up=True)
    assert (found.design_used, found.reason) == ("before_after", "no_control")
    english, japanese = sentence(found, 0.2, READY, "target")
    assert "not evidence" in english
    assert "証拠ではない" in japanese


@pytest.mark.parametrize(
    ("kept", "reason"),
    [(slice(START - 5, None), "short_before"), (slice(START + 2), "short_after")],
)
def test_too_little_history_is_underpowered_and_says_why(kept: slice, reason: str) -> None:
    found = verdict(weeks("treated", 100, 150)[kept])
    assert (found.verdict, found.reason, found.effect) == ("underpowered", reason, None)
    english, japanese = sentence(found, 0.2, READY, "target")
    assert english.startswith("Underpowered: ")
    assert japanese.startswith("検出力不足：")


def test_no_numbers_at_all_are_underpowered() -> None:
    found = judge(PLAN, [], READY, wanted_up=True)
    assert (found.verdict, found.n_before, found.planned_detectable) == ("underpowered", 0, None)


def test_a_randomised_comparison_needs_no_history_and_counts_days() -> None:
    days = [
        {
            "arm": arm,
            "grain": "day",
            "period_start": PLAN["start_date"] + timedelta(days=day),
            "period_end": PLAN["start_date"] + timedelta(days=day),
            "horizon_days": 0,
            "numerator": rate * 100 * NOISE[(day + (arm == "control")) % 4],
            "exposure": 100.0,
        }
        for arm, rate in (("treated", 0.3), ("control", 0.2))
        for day in range(28)
    ]
    plan = PLAN | {"design": "randomised", "end_date": PLAN["start_date"] + timedelta(days=27)}
    found = judge(plan, days, plan["end_date"], wanted_up=True)
    assert (found.verdict, found.design_used, found.grain) == ("effect", "randomised", "day")
    assert found.effect == pytest.approx(0.5, rel=0.01)
    assert (found.n_before, found.n_after) == (0, 28)


def test_none_at_all_after_the_start_is_harm() -> None:
    assert verdict(weeks("treated", 100, 0)).verdict == "harm"


def test_each_verdict_is_a_sentence_in_both_languages() -> None:
    found = verdict(weeks("treated", 100, 150))
    english, japanese = sentence(found, 0.2, READY, "target")
    assert english.startswith("Effect: +50.0% (95 % interval +")
    assert japanese.startswith("効果あり：+50.0%（95％区間 +")
    early = replace(found, verdict="too_early", planned_detectable=0.1)
    assert sentence(early, 0.2, READY, "target") == (
        f"Too early: all of it is final on {READY}. It can find +10.0% or more; expected are "
        "+20.0%.",
        f"時期尚早：確定は{READY}。検出できる最小の効果は+10.0%、期待は+20.0%。",
    )
