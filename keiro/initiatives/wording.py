"""What is found of an initiative in a sentence, in English and in Japanese."""

from datetime import date
from typing import Literal

from keiro.initiatives.judge import Judgement

Pair = tuple[str, str]
DESIGN_WORDS: dict[str, Pair] = {
    "randomised": ("randomised comparison", "ランダム化比較"),
    "difference_in_differences": ("difference in differences", "差の差分析"),
    "interrupted_series": (
        "interrupted series with an unaffected control",
        "対照系列付き中断時系列",
    ),
    "before_after": ("before and after, not evidence", "前後比較（因果の証拠ではない）"),
}
REASON_WORDS: dict[str, Pair] = {
    "no_control": ("there is no final value of the control", "対照の確定値がない"),
    "short_before": ("the history before it is too short", "開始前の履歴が短い"),
    "short_after": ("too few whole periods were measured", "測定できた期間が少ない"),
    "not_parallel": (
        "it and its control did not move together before",
        "開始前に対照と並行して推移していない",
    ),
    "no_fit": ("the numbers are too few to fit", "件数が少なく推定できない"),
}
FOUND: dict[str, Pair] = {
    "effect": ("Effect: {size}", "効果あり：{size}"),
    "harm": ("Harm: {size}", "悪化：{size}"),
    "no_effect_shown": ("No effect shown: {size}", "効果は確認できない：{size}"),
    "underpowered": ("Underpowered: {size}", "検出力不足：{size}"),
}


def sentence(
    judgement: Judgement, expected: float | None, ready: date, role: Literal["target", "guardrail"]
) -> Pair:
    """The verdict with its interval, its design, and why that design."""
    if judgement.verdict == "too_early":
        return (
            f"Too early: all of it is final on {ready}."
            + _plan(judgement, expected, 0),
            f"時期尚早：確定は{ready}。" + _plan(judgement, expected, 1),
        )  # fmt: skip
    if judgement.effect is None:
        reason = REASON_WORDS[judgement.reason or "no_fit"]
        return (
            f"Underpowered: {reason[0]}.",
            f"検出力不足：{reason[1]}。",
        )
    texts = (_found(judgement, expected, role, 0), _found(judgement, expected, role, 1))
    return texts


def _found(judgement: Judgement, expected: float | None, role: str, language: int) -> str:
    size = _size(judgement, language)
    stop = ("", "。")[language] or "."
    text = FOUND[judgement.verdict][language].format(size=size) + stop
    design = DESIGN_WORDS[judgement.design_used or "before_after"][language]
    text += (f" By {design}", f"方法は{design}")[language]
    if judgement.reason not in (None, "as_planned"):
        why = REASON_WORDS[str(judgement.reason)][language]
        text += (f", since {why}", f"（{why}ため）")[language]
    text += stop
    if (
        judgement.verdict in ("underpowered", "no_effect_shown")
        and judgement.detectable is not None
    ):
        least = _percent(judgement.detectable)
        word = "効果" if role == "target" else "変化"
        text += (
            f" It would have found {least} or more{_beside(expected, 0)}.",
            f"検出できる最小の{word}は{least}{_beside(expected, 1)}。",
        )[language]
    return text


def _plan(judgement: Judgement, expected: float | None, language: int) -> str:
    if judgement.planned_detectable is None:
        return ""
    least = _percent(judgement.planned_detectable)
    return (
        f" It can find {least} or more{_beside(expected, 0)}.",
        f"検出できる最小の効果は{least}{_beside(expected, 1)}。",
    )[language]


def _beside(expected: float | None, language: int) -> str:
    if expected is None:
        return ""
    return (f"; expected are {_percent(expected)}", f"、期待は{_percent(expected)}")[language]


def _size(judgement: Judgement, language: int) -> str:
    between = (
        f"{_percent(judgement.effect_lower)} to {_percent(judgement.effect_upper)}",
        f"{_percent(judgement.effect_lower)}～{_percent(judgement.effect_upper)}",
    )[language]
    label = ("95 % interval", "95％区間")[language]
    return (
        f"{_percent(judgement.effect)} ({label} {between})"
        if language == 0
        else (f"{_percent(judgement.effect)}（{label} {between}）")
    )


def _percent(value: float | None) -> str:
    """A relative change with its sign."""
    return "–" if value is None else f"{value:+.1%}" if abs(value) < 10 else f"{value:+.0%}"
