"""An alarm in words: what was seen, since when, and what that makes it."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from keiro.stats.watch import How

WHY_EN = {
    "order": "more in the numerator than in the denominator",
    "repeat": "the same value again and again",
    "silence": "almost silent",
    "back": "a jump that was back at once",
}
WHY_JA = {
    "order": "分子が分母を上回っています",
    "repeat": "同じ値が続いています",
    "silence": "ほぼ無音です",
    "back": "一時的な急変です",
}


@dataclass(frozen=True)
class Finding:
    """What is known about an alarm before it is put into words."""

    metric: str
    scope: str
    how: How
    is_silence: bool
    is_back: bool
    observed: float
    expected: float
    dated_from: date
    dated_to: date | None
    is_new_level: bool
    is_share: bool

    @property
    def reason(self) -> str | None:
        """What makes the value unbelievable; None where it is news."""
        if self.how in ("order", "repeat"):
            return self.how
        if self.is_silence:
            return "silence"
        return "back" if self.is_back else None

    @property
    def is_broken(self) -> bool:
        """Whether the value is not to be believed, rather than news."""
        return self.reason is not None

    @property
    def cause(self) -> Literal["pipeline", "instrumentation", "business"]:
        """First match of the triage that daily values alone can decide."""
        if self.how == "repeat":
            return "pipeline"
        return "instrumentation" if self.is_broken else "business"


def sentences(finding: Finding) -> tuple[str, str]:
    """The detail in English and Japanese."""
    subject = finding.metric if finding.scope == "all" else f"{finding.metric} ({finding.scope})"
    observed = _number(finding.observed, finding.is_share)
    expected = _number(finding.expected, finding.is_share)
    start, end = finding.dated_from, finding.dated_to
    when_en = f"since {start}" if end is None else f"from {start} to {end}"
    when_ja = f"{start}以降" if end is None else f"{start}〜{end}"
    if start == end:
        when_en, when_ja = f"on {start}", f"{start}"
    verb_en = "fell to" if finding.observed < finding.expected else "rose to"
    verb_ja = "低下" if finding.observed < finding.expected else "上昇"
    english = f"{subject} {verb_en} {observed} where {expected} was expected, {when_en}"
    japanese = f"{subject} が {when_ja} に {observed} へ{verb_ja}しています(想定 {expected})"
    if finding.reason:
        english += f": {WHY_EN[finding.reason]}"
        japanese += f"。{WHY_JA[finding.reason]}"
    elif finding.is_new_level:
        english += "; it did not return and is now taken as the new level"
        japanese += "。元に戻らず、新しい水準とみなしました"
    return f"{english}.", f"{japanese}。"


def _number(value: float, is_share: bool) -> str:
    if is_share:
        return f"{100 * value:.1f} %"
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:,.3g}"
