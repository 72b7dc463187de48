"""What a rule is, and what it finds."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from keiro.report.labels import LANGUAGES, Lang

Severity = Literal["error", "warning", "info"]
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "info")
Evidence = Mapping[str, str | int | float | None]
# English and Japanese, in the order of `LANGUAGES`.
Both = tuple[str, str]


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
    is switched off for the metric, null where it is not.
    """

    rule: Rule
    metric: str
    file: str
    evidence: Evidence
    reason: str | None = None

    def message(self, language: Lang) -> str:
        """What is wrong, with its numbers."""
        return self.rule.says[LANGUAGES.index(language)].format(**self.evidence)

    def remedy(self, language: Lang) -> str:
        """What to do about it."""
        return self.rule.remedy[LANGUAGES.index(language)]
