"""The design of the KPIs on the page: how many findings there are, and the worst of them."""

from dataclasses import dataclass
from typing import Any

from keiro.report.voice import Voice

SHOWN = 5


@dataclass(frozen=True)
class Fault:
    """A finding in words."""

    rule: str
    severity: str
    kpi: str
    message: str
    remedy: str


@dataclass(frozen=True)
class Designs:
    """The count of findings as a sentence, the worst ones, and how many are switched off."""

    counts: str
    worst: list[Fault]
    more: str
    switched_off: str


def build_designs(voice: Voice) -> Designs | None:
    """What the rules found; null where the publication has no findings table."""
    if voice.facts.designs is None:
        return None
    found: list[dict[str, Any]] = [r for r in voice.facts.designs if not r["is_switched_off"]]
    off = len(voice.facts.designs) - len(found)
    counts = {
        name: voice.integer(sum(row["severity"] == name for row in found))
        for name in ("error", "warning", "info")
    }
    rest = len(found) - SHOWN
    return Designs(
        counts=voice.t("design_counts", **counts) if found else voice.t("design_none"),
        worst=[
            Fault(
                rule=row["rule_id"],
                severity=voice.word("finding", row["severity"]),
                kpi=voice.label(row["metric"]),
                message=voice.pick(row["message_en"], row["message_ja"]),
                remedy=voice.pick(row["remedy_en"], row["remedy_ja"]),
            )
            for row in found[:SHOWN]
        ],
        more=voice.t("design_more", n=voice.integer(rest)) if rest > 0 else "",
        switched_off=voice.t("design_off", n=voice.integer(off)) if off else "",
    )
