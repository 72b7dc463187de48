"""What a rule is, and what it finds."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite
from typing import Literal

from keiro.lint.words import say
from keiro.report.formats import number
from keiro.report.labels import LANGUAGES, Lang

Severity = Literal["error", "warning", "info"]
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "info")
Evidence = Mapping[str, str | int | float | None]
# English and Japanese, in the order of `LANGUAGES`.
Both = tuple[str, str]
# Evidence in the unit of the metric; all else says its own.
IN_UNIT = frozenset({"target", "baseline", "before", "lower", "upper"})


@dataclass(frozen=True)
class Rule:
    """A rule. `title` says what must hold, `says` what is wrong, with fields of the evidence."""

    id: str
    severity: Severity
    title: Both
    says: Both
    remedy: Both
    needs_data: bool = False


@dataclass(frozen=True)
class Finding:
    """A rule that a metric breaks.

    `evidence` has the numbers, shares as fractions and days as YYYY-MM-DD. `reason` is why the rule
    is switched off for the metric, null where it is not. `unit` is the metric's.
    """

    rule: Rule
    metric: str
    file: str
    evidence: Evidence
    unit: str
    reason: str | None = None

    def message(self, language: Lang) -> str:
        """What is wrong, with its numbers."""
        shown = {
            key: _in_unit(value, self.unit, language) if key in IN_UNIT else value
            for key, value in self.evidence.items()
        }
        if "grain" in shown:
            shown["grain"] = say(language, f"grain.{shown['grain']}")
        return self.rule.says[LANGUAGES.index(language)].format(**shown)

    def remedy(self, language: Lang) -> str:
        """What to do about it."""
        return self.rule.remedy[LANGUAGES.index(language)]


def _in_unit(value: str | float | None, unit: str, language: Lang) -> str:
    is_known = isinstance(value, float | int) and isfinite(value)
    return number(float(value) if is_known else None, unit, language)  # type: ignore[arg-type]
